using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Submissions;

/// <summary>What makes two submissions the same.</summary>
internal static class DedupeKey
{
    /// <summary>A key as it is stored; a long one is hashed to fit the index.</summary>
    public static string Fitting(string key) => key.Length <= ColumnLengths.Key ? key.Storable() : $"sha256:{Sha256(key)}";

    /// <summary>
    /// A hash of what is asked: the source or the question, the task and the options. Not of how: priority and correlation may differ.
    /// </summary>
    public static string PayloadSha256(SubmitJob job) => Sha256(LedgerJson.Write(new { job.Source, job.Question, job.Task, job.Options }));

    public static string Sha256(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
