using System.ComponentModel.DataAnnotations;

namespace Qwen35Batch.Pipeline.Agents;

/// <summary>Section <c>Agent</c>: how tasks of the kind <c>agent</c> work.</summary>
public sealed class AgentOptions
{
    /// <summary>The section's name.</summary>
    public const string Section = "Agent";

    /// <summary>How long a call that needs approval waits for a person. It is refused then, and the job goes on without it.</summary>
    [Range(typeof(TimeSpan), "00:00:10", "30.00:00:00")]
    public TimeSpan ApprovalTimeout { get; set; } = TimeSpan.FromHours(24);

    /// <summary>How long one call of a tool may take.</summary>
    [Range(typeof(TimeSpan), "00:00:01", "01:00:00")]
    public TimeSpan ToolTimeout { get; set; } = TimeSpan.FromMinutes(2);

    /// <summary>
    /// The largest number of characters of one result that are read. The rest is left out, and the job says so. Make it smaller when the
    /// model's context is small: about 3 characters are a token.
    /// </summary>
    [Range(500, 1_000_000)]
    public int ReadCharacters { get; set; } = 24_000;

    /// <summary>TrueType font files for reports, before those that are found on this machine.</summary>
    public IReadOnlyList<string> ReportFonts { get; set; } = [];

    /// <summary>The largest number of notes that are taken of one result.</summary>
    [Range(1, 100)]
    public int NotesPerResult { get; set; } = 12;
}
