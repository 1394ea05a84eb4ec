using System.Reflection;
using Qwen35Batch.Contracts;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Persistence;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Worker.Stages;

namespace Qwen35Batch.EndToEnd.Tests;

/// <summary>References point one way, as the built assemblies tell it.</summary>
public sealed class ArchitectureTests
{
    private static readonly Assembly Contracts = typeof(SubmitJob).Assembly;
    private static readonly Assembly Inference = typeof(EngineOptions).Assembly;
    private static readonly Assembly Pipeline = typeof(AnalysisPipeline).Assembly;
    private static readonly Assembly Persistence = typeof(Ledger).Assembly;
    private static readonly Assembly Schemas = typeof(UnsupportedSchemaException).Assembly;
    private static readonly Assembly Worker = typeof(StageOptions).Assembly;

    [Fact]
    public void Each_project_knows_only_those_beneath_it()
    {
        Assert.Empty(Own(Contracts));
        Assert.Empty(Own(Schemas));
        AssertOnly(Inference, "Qwen35Batch.Contracts", "Qwen35Batch.Schemas");
        AssertOnly(Pipeline, "Qwen35Batch.Contracts", "Qwen35Batch.Schemas");
        AssertOnly(Persistence, "Qwen35Batch.Contracts", "Qwen35Batch.Pipeline");
        AssertOnly(
            Worker,
            "Qwen35Batch.Contracts",
            "Qwen35Batch.Schemas",
            "Qwen35Batch.Inference",
            "Qwen35Batch.Pipeline",
            "Qwen35Batch.Persistence");
    }

    [Fact]
    public void The_contracts_need_no_package() =>
        Assert.All(References(Contracts), name => Assert.True(name.StartsWith("System.", StringComparison.Ordinal), name));

    [Fact]
    public void The_pipeline_knows_no_broker_no_database_and_no_model_runtime() => AssertNone(
        Pipeline,
        "MassTransit",
        "RabbitMQ",
        "Hangfire",
        "Npgsql",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Data.Sqlite",
        "Microsoft.ML.OnnxRuntime",
        "Microsoft.AspNetCore");

    [Fact]
    public void Inference_knows_no_broker_no_database_and_no_web_server() => AssertNone(
        Inference,
        "MassTransit",
        "RabbitMQ",
        "Hangfire",
        "Npgsql",
        "Microsoft.EntityFrameworkCore",
        "Microsoft.Data.Sqlite",
        "Microsoft.AspNetCore");

    [Fact]
    public void The_ledger_knows_no_broker_and_no_model_runtime() => AssertNone(
        Persistence, "MassTransit", "RabbitMQ", "Hangfire", "Microsoft.ML.OnnxRuntime", "Microsoft.AspNetCore");

    private static void AssertOnly(Assembly assembly, params string[] allowed) => Assert.Empty(Own(assembly).Except(allowed));

    private static void AssertNone(Assembly assembly, params string[] foreign) =>
        Assert.DoesNotContain(References(assembly), name => foreign.Any(start => name.StartsWith(start, StringComparison.Ordinal)));

    private static IEnumerable<string> Own(Assembly assembly) =>
        References(assembly).Where(name => name.StartsWith("Qwen35Batch.", StringComparison.OrdinalIgnoreCase) || name == "qwen35batch");

    private static IEnumerable<string> References(Assembly assembly) =>
        assembly.GetReferencedAssemblies().Select(reference => reference.Name!);
}
