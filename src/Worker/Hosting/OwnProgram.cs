using Qwen35Batch.Pipeline.Extract.Documents.Reading;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>How this program is started again, to read a document in a process of its own.</summary>
internal static class OwnProgram
{
    private const string Name = "qwen35batch";

    /// <summary>Registers it as the reader of documents.</summary>
    public static IServiceCollection AddDocumentReader(this IServiceCollection services) => services.AddSingleton(Find());

    private static ReaderProgram Find()
    {
        var library = Path.Combine(AppContext.BaseDirectory, $"{Name}.dll");
        var self = Environment.ProcessPath;
        // A host of its own is this program already; any other one, and the host of tests, is told the library.
        return Path.GetFileNameWithoutExtension(self) switch
        {
            Name => new(self!, []),
            "dotnet" => new(self!, [library]),
            _ => new(Dotnet(), [library]),
        };
    }

    private static string Dotnet()
    {
        var name = OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet";
        var folders = (Environment.GetEnvironmentVariable("DOTNET_ROOT") is { Length: > 0 } root ? [root] : Array.Empty<string>())
            .Concat((Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator));
        return folders.Where(folder => folder.Length > 0).Select(folder => Path.Combine(folder, name)).FirstOrDefault(File.Exists) ?? name;
    }
}
