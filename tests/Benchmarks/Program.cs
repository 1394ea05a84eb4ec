using Qwen35Batch.Benchmarks;
using Qwen35Batch.Benchmarks.Acquire;
using Qwen35Batch.Benchmarks.Engine;
using Qwen35Batch.Benchmarks.Extraction;
using Qwen35Batch.Benchmarks.Eyes;
using Qwen35Batch.Benchmarks.Grammar;
using Qwen35Batch.Benchmarks.Http;
using Qwen35Batch.Benchmarks.Pacing;
using Qwen35Batch.Benchmarks.Places;
using Qwen35Batch.Benchmarks.Plumbing;
using Qwen35Batch.Benchmarks.Reading;
using Qwen35Batch.Benchmarks.Schemas;
using Qwen35Batch.Benchmarks.Signals;
using Qwen35Batch.Benchmarks.Soak;
using Qwen35Batch.Benchmarks.Vocabularies;

// dotnet run --project tests/Benchmarks -c Release -- [section [its own arguments]]; without a section, all but those by name only.
return await BenchmarkSections.RunAsync(
    [
        AcquireSection.Create(),
        EngineSection.Create(),
        GrammarSection.Create(),
        PatternsSection.Create(),
        SchemasSection.Create(),
        FuzzSection.Create(),
        PlacesSection.Create(),
        ReadingSection.Create(),
        SignalsSection.Create(),
        VocabularySection.Create(),
        ExtractionSection.Create(),
        HttpSection.Create(),
        PlumbingSection.Create(),
        SoakSection.Create(),
        PaceSection.Create(),
        EyesSection.Create(),
    ],
    args);
