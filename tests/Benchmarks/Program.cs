using Qwen35Batch.Benchmarks;
using Qwen35Batch.Benchmarks.Engine;
using Qwen35Batch.Benchmarks.Grammar;
using Qwen35Batch.Benchmarks.Schemas;
using Qwen35Batch.Benchmarks.Vocabularies;

// dotnet run --project tests/Benchmarks -c Release -- [section [its own arguments]]; without a section, all that need no arguments run.
return await BenchmarkSections.RunAsync(
    [EngineSection.Create(), GrammarSection.Create(), SchemasSection.Create(), VocabularySection.Create()], args);
