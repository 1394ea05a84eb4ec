using Qwen35Batch.Benchmarks;
using Qwen35Batch.Benchmarks.Engine;

// dotnet run --project tests/Benchmarks -c Release -- [section [its own arguments]]; without a section, all run with their defaults.
return await BenchmarkSections.RunAsync([EngineSection.Create()], args);
