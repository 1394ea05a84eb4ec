using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Inference.Checkpoints;

namespace Qwen35Batch.Inference.Models;

/// <summary>
/// A checkpoint's identity: SHA-256 over its configuration and tokenizer, and over each tensor's name, type and shape and up to 64 KiB
/// of its values from the start, the middle and the end. Any training step changes nearly all values, so reading all of a
/// checkpoint of hundreds of gigabytes would say no more.
/// </summary>
internal static class CheckpointRevision
{
    private const int SampleBytes = 65536;
    private const int Digits = 12;

    public static string Compute(Checkpoint checkpoint)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var file in new[] { ModelConfig.FileName, "generation_config.json", "tokenizer.json" })
        {
            var path = Path.Combine(checkpoint.Folder, file);
            Append(hash, file);
            hash.AppendData(File.Exists(path) ? File.ReadAllBytes(path) : []);
        }

        foreach (var tensor in checkpoint.Tensors.Values.OrderBy(tensor => tensor.Name, StringComparer.Ordinal))
        {
            Append(hash, $"{tensor.Name} {tensor.TypeName} {SafetensorsHeader.ShapeText(tensor.Shape)}");
            var size = (int)Math.Min(SampleBytes / 3, tensor.ByteLength);
            if (tensor.ByteLength <= SampleBytes)
            {
                hash.AppendData(tensor.Bytes(0, (int)tensor.ByteLength));
                continue;
            }

            hash.AppendData(tensor.Bytes(0, size));
            hash.AppendData(tensor.Bytes((tensor.ByteLength - size) / 2, size));
            hash.AppendData(tensor.Bytes(tensor.ByteLength - size, size));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset())[..Digits];
    }

    private static void Append(IncrementalHash hash, string text) => hash.AppendData(Encoding.UTF8.GetBytes(text + "\n"));
}
