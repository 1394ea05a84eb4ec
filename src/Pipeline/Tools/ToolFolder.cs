namespace Qwen35Batch.Pipeline.Tools;

/// <summary>Finds programs.</summary>
internal static class ToolFolder
{
    /// <summary>The full path of a program in a folder, or in the <c>PATH</c> when the folder is null; null when it is not there.</summary>
    public static string? Find(string tool, string? folder)
    {
        var name = OperatingSystem.IsWindows() ? tool + ".exe" : tool;
        var folders = folder is null ? (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator) : [folder];
        return folders
            .Where(each => each.Length > 0)
            .Select(each => Path.GetFullPath(Path.Combine(each, name)))
            .FirstOrDefault(File.Exists);
    }

    /// <summary>What to do when a tool is missing.</summary>
    public static string HowToInstall(string tool)
    {
        var package = tool == "tesseract" ? tool : tool.StartsWith("ff", StringComparison.Ordinal) ? "ffmpeg" : "poppler";
        var debian = package switch { "poppler" => "poppler-utils", "tesseract" => "tesseract-ocr", _ => package };
        return $"{tool} was not found; install it (Debian and Ubuntu: apt-get install {debian}; macOS: brew install {package}; "
            + $"Windows: winget install {package}) or set Extract:ToolFolder to the folder that holds it.";
    }
}
