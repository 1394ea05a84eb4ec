using Microsoft.Extensions.Options;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tests.Tasks;

internal static class Catalogs
{
    public static TaskCatalog BuiltIn() => new(Options.Create(new TasksOptions()), []);

    public static TaskCatalog WithFolder(string folder, params SchemaSupport[] engines) =>
        new(Options.Create(new TasksOptions { Folder = folder }), engines);

    /// <summary>A task of a file that the test writes.</summary>
    public static AnalysisTask Read(string json) =>
        new TaskFile([], NoVocabularies.Instance).Read("test.json", System.Text.Encoding.UTF8.GetBytes(json));
}
