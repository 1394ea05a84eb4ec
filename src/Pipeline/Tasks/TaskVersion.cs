using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>The version of a task: a hash over what can change an answer, however its file is laid out.</summary>
internal static class TaskVersion
{
    private static readonly JsonSerializerOptions Canonical = new(JsonSerializerDefaults.Web)
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    public static string Of(AnalysisTask task)
    {
        // The members of a schema keep their order: it is the order in which an answer is written.
        var canonical = task.Agent is { } agent
            ? JsonSerializer.SerializeToUtf8Bytes(new { task.Segment, task.Sampling, Agent = agent }, Canonical)
            : JsonSerializer.SerializeToUtf8Bytes(new { task.Segment, task.Synthesis, task.Sampling, task.Media }, Canonical);
        return Convert.ToHexStringLower(SHA256.HashData(canonical))[..12];
    }
}
