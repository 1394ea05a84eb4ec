using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Tools;

/// <summary>Where the tools are and what they may use. Section <c>Extract</c>.</summary>
public sealed class ToolOptions
{
    /// <summary>The folder that holds ffmpeg, ffprobe and poppler's tools (pdftoppm, pdftotext, pdfinfo, pdfimages, pdfdetach, pdffonts);
    /// null searches the <c>PATH</c>.</summary>
    public string? ToolFolder { get; set; }

    /// <summary>The largest address space of a tool, in bytes (Linux).</summary>
    [Range(256L * 1024 * 1024, long.MaxValue)]
    public long ToolMemoryBytes { get; set; } = 4L * 1024 * 1024 * 1024;

    /// <summary>
    /// The largest sum of the address spaces of all tools that run at once, in bytes; further ones wait. At least one always runs. 0 takes
    /// three quarters of the memory that this process may use.
    /// </summary>
    [Range(0, long.MaxValue)]
    public long ToolsMemoryBytes { get; set; }

    /// <summary>Threads of one tool.</summary>
    [Range(1, 64)]
    public int ToolThreads { get; set; } = 2;
}
