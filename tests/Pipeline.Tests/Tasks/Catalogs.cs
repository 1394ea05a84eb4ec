using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

internal static class Catalogs
{
    public static TaskCatalog BuiltIn() => new(Options.Create(new TasksOptions()), []);

    public static TaskCatalog WithFolder(string folder, params SchemaSupport[] engines) =>
        new(Options.Create(new TasksOptions { Folder = folder }), engines);

    /// <summary>A task of a file that the test writes.</summary>
    public static AnalysisTask Read(string json) => new TaskFile([]).Read("test.json", System.Text.Encoding.UTF8.GetBytes(json));
}
