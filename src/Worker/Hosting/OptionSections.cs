using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Agents;
using Qwen35Batch.Pipeline.Agents.Mcp;
using Qwen35Batch.Pipeline.Agents.Search;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Prepare;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tools;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Dashboard;
using Qwen35Batch.Worker.Http;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Remote;
using Qwen35Batch.Worker.Retention;
using Qwen35Batch.Worker.Stages;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>Every section of the configuration.</summary>
internal static class OptionSections
{
    public static IReadOnlyList<OptionSection> All { get; } =
    [
        new("Bus", typeof(BusOptions)),
        new("Ledger", typeof(LedgerOptions)),
        new("Acquire", typeof(AcquireOptions)),
        new("Extract", typeof(ToolOptions), typeof(ExtractOptions)),
        new("Tasks", typeof(TasksOptions), typeof(VocabulariesOptions)),
        new("Agent", typeof(AgentOptions), typeof(AgentToolOptions), typeof(McpOptions)),
        new("Prepare", typeof(PrepareOptions)),
        new("Confidence", typeof(ConfidenceOptions)),
        new("Transcription", typeof(TranscriptionOptions)),
        new("Engine", typeof(EngineSelection), typeof(EngineOptions), typeof(EndpointOptions)),
        new("Dashboard", typeof(DashboardOptions)),
        new("Corpora", typeof(CorporaOptions)),
        new("Stages", typeof(StageOptions)),
        new("Http", typeof(HttpOptions)),
        new("Telemetry", typeof(TelemetryOptions)),
        new("Retention", typeof(RetentionOptions)),
        new("Server", typeof(ServerOptions)),
    ];
}
