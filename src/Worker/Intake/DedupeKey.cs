using System.Security.Cryptography;
using System.Text.Json;
using Qwen35Batch.Contracts;

namespace Qwen35Batch.Worker.Intake;

/// <summary>The key of a submission that brings none: the same source, task and options are the same job.</summary>
internal static class DedupeKey
{
    public static string For(SubmitJob job)
    {
        var identity = JsonSerializer.SerializeToUtf8Bytes(new { job.Source, job.Task, Options = job.Options ?? new() });
        return $"auto:{Convert.ToHexStringLower(SHA256.HashData(identity))}";
    }
}
