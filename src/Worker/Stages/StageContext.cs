using Microsoft.Extensions.Options;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Stages;

/// <summary>What every stage loop of this process shares.</summary>
internal sealed record StageContext(
    WorkerIdentity Worker,
    LeaseKeeper Leases,
    IsolationGate Gate,
    LedgerWatch Ledger,
    WorkSignals Signals,
    WorkerMetrics Metrics,
    TimeProvider Time,
    IOptions<StageOptions> Options);
