namespace Qwen35Batch.EndToEnd.Tests.Architecture;

/// <summary>The folders of src depend on each other one way, so that none is part of a circle.</summary>
public sealed class FolderOrderTests
{
    /// <summary>A folder may use those of its project that stand above it here. Projects come after those that they refer to.</summary>
    private static readonly string[] LowestFirst =
    [
        "src/Contracts/Insights",
        "src/Contracts",
        "src/Contracts/Steps",
        "src/Contracts/Stages",

        "src/Schemas/Faults",
        "src/Schemas/Writing",
        "src/Schemas/Patterns",
        "src/Schemas/Vocabularies",
        "src/Schemas/Reading",
        "src/Schemas/Validation",
        "src/Schemas/Hints",
        "src/Schemas/Merging",
        "src/Schemas",

        "src/Inference/Checkpoints",
        "src/Inference/Kernels/Interop",
        "src/Inference/Vision",
        "src/Inference/Models",
        "src/Inference/Tokenization/BytePairs",
        "src/Inference/Tokenization",
        "src/Inference/Quantization",
        "src/Inference/Kernels",
        "src/Inference/Kernels/Operators",
        "src/Inference/Providers",
        "src/Inference/Decoding/States",
        "src/Inference/Decoding/Operators",
        "src/Inference/Decoding",
        "src/Inference/Conversion/Onnx",
        "src/Inference/Conversion/Layers",
        "src/Inference/Conversion",
        "src/Inference/Sampling",
        "src/Inference/Verification",
        "src/Inference/Grammar/Automata",
        "src/Inference/Grammar/Schema",
        "src/Inference/Grammar/Masks",
        "src/Inference/Grammar/Tokens",
        "src/Inference/Batching/Plan",
        "src/Inference/Batching/Sequences",
        "src/Inference/Batching",
        "src/Inference/Chat",
        "src/Inference/Benchmarking",
        "src/Inference",

        "src/Pipeline/Jobs",
        "src/Pipeline/Vocabularies",
        "src/Pipeline/Endpoints/Replies",
        "src/Pipeline/Endpoints",
        "src/Pipeline/Acquire/Opening",
        "src/Pipeline/Acquire/Formats",
        "src/Pipeline/Acquire",
        "src/Pipeline/Tools",
        "src/Pipeline/Extract/Segments",
        "src/Pipeline/Tasks/Grants",
        "src/Pipeline/Tasks",
        "src/Pipeline/Tasks/Checks",
        "src/Pipeline/Extract/Pictures",
        "src/Pipeline/Extract/Archives",
        "src/Pipeline/Extract/Documents/Content",
        "src/Pipeline/Extract/Documents/Packages",
        "src/Pipeline/Extract/Documents/Web",
        "src/Pipeline/Extract/Documents/Office",
        "src/Pipeline/Extract/Documents/OpenDocument",
        "src/Pipeline/Extract/Documents/Mail",
        "src/Pipeline/Extract/Documents/Pdf",
        "src/Pipeline/Extract/Documents/Reading",
        "src/Pipeline/Extract/Documents",
        "src/Pipeline/Extract/Documents/Runs",
        "src/Pipeline/Extract/Clips",
        "src/Pipeline/Extract/Sound",
        "src/Pipeline/Extract",
        "src/Pipeline/Viewing",
        "src/Pipeline/Prepare",
        "src/Pipeline/Infer",
        "src/Pipeline/Validate",
        "src/Pipeline/Grounding/Reading",
        "src/Pipeline/Grounding",
        "src/Pipeline/Agents/Tools",
        "src/Pipeline/Agents/Reports",
        "src/Pipeline/Agents/Reports/Fonts",
        "src/Pipeline/Agents/Reports/Pdf",
        "src/Pipeline/Agents/Mcp",
        "src/Pipeline/Agents/Search",
        "src/Pipeline/Agents/Look",
        "src/Pipeline/Agents/Steps",
        "src/Pipeline/Agents/Policy",
        "src/Pipeline/Agents/Pages",
        "src/Pipeline/Agents/Notes",
        "src/Pipeline/Agents",
        "src/Pipeline",

        "src/Persistence/Model/Agents",
        "src/Persistence/Model",
        "src/Persistence/Model/Configurations",
        "src/Persistence/Searching",
        "src/Persistence/Databases/Announcing",
        "src/Persistence/Databases/Grouping",
        "src/Persistence/Databases",
        "src/Persistence/Outbox",
        "src/Persistence/Indexing",
        "src/Persistence/Submissions",
        "src/Persistence/History",
        "src/Persistence/Reading",
        "src/Persistence/WorkQueue",
        "src/Persistence/Steps",
        "src/Persistence/Corpora",
        "src/Persistence/Pacing",
        "src/Persistence/Calibrations",
        "src/Persistence/Names",
        "src/Persistence/Reviews",
        "src/Persistence/Removal",
        "src/Persistence/Tasks",
        "src/Persistence",

        "src/Worker/Signals",
        "src/Worker/Configuration",
        "src/Worker/Telemetry",
        "src/Worker/Availability",
        "src/Worker/Files",
        "src/Worker/Agents",
        "src/Worker/Intake",
        "src/Worker/Confidence",
        "src/Worker/Stages",
        "src/Worker/Corpora",
        "src/Worker/Retention",
        "src/Worker/Messaging",
        "src/Worker/Health",
        "src/Worker/Reviews",
        "src/Worker/Http/Access",
        "src/Worker/Http/Insights",
        "src/Worker/Http",
        "src/Worker/Remote",
        "src/Worker/Dashboard",
        "src/Worker/Hosting",
        "src/Worker/Reports/Evaluation",
        "src/Worker/Reports",
        "src/Worker/Run",
        "src/Worker/Commands/Arguments",
        "src/Worker/Commands",
        "src/Worker",
    ];

    [Fact]
    public void Every_folder_has_its_place_in_the_order() => Assert.Equal(
        SourceFiles.Of("src")
            .Where(file => !SourceFiles.IsMigration(file))
            .Select(SourceFiles.FolderOf)
            .Distinct()
            .Order(StringComparer.Ordinal),
        LowestFirst.Order(StringComparer.Ordinal));

    [Fact]
    public void No_folder_uses_one_above_it()
    {
        var sources = new SourceCompilation(LowestFirst.Select(folder => folder.Split('/')[1]).Distinct());
        Assert.True(sources.Errors.Count == 0, $"What does not compile cannot be checked:\n{string.Join('\n', sources.Errors)}");
        var uses = sources.Uses();
        Assert.True(uses.Count > 500, $"Only {uses.Count} uses between folders were found: the check itself is broken.");

        var upward = uses.Where(use => Array.IndexOf(LowestFirst, use.To) > Array.IndexOf(LowestFirst, use.From)).ToList();

        Assert.True(
            upward.Count == 0,
            $"These use a type of a folder above their own; move the type down or its user up:\n{string.Join('\n', upward)}");
    }
}
