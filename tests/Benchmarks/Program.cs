using Qwen35Batch.Benchmarks;
using Qwen35Batch.Benchmarks.Engine;
using Qwen35Batch.Benchmarks.Grammar;

// dotnet run --project tests/Benchmarks -c Release -- [section [its own arguments]]; without a section, all run with their defaults.
return await BenchmarkSections.RunAsync([EngineSection.Create(), GrammarSection.Create()], args);
