using System.Globalization;
using Qwen35Batch.Inference.Conversion;

namespace Qwen35Batch.Worker.Reports;

/// <summary>What <c>model info</c> prints.</summary>
internal static class ModelInfoReport
{
    /// <param name="step">What the vision tower and the decoder compute on the way, on a GPU; null elsewhere.</param>
    public static IEnumerable<string> Lines(ModelSize size, int slots, int tokens, (long Tower, long Decoder)? step = null)
    {
        yield return $"{size.Precision.ToString()!.ToLowerInvariant()}, "
            + $"{(size.IsMeasured ? "measured in the folder" : "estimated from the configuration")}";
        yield return Line("part", "parameters", "bytes each", "MB");
        foreach (var part in size.Parts.Where(part => part.Parameters > 0))
        {
            yield return Line(
                part.Part.ToString().ToLowerInvariant(),
                Number(part.Parameters),
                part.BytesPerParameter.ToString("0.000", CultureInfo.InvariantCulture),
                Megabytes(part.Bytes));
        }

        var all = new PartSize(default, size.Parts.Sum(part => part.Parameters), size.Parts.Sum(part => part.Bytes));
        yield return Line(
            "all", Number(all.Parameters), all.BytesPerParameter.ToString("0.000", CultureInfo.InvariantCulture), Megabytes(all.Bytes));
        var slot = size.StateBytes + (tokens * size.StateBytesPerToken);
        yield return $"state: {Megabytes(slot)} MB a slot of {Number(tokens)} tokens, {Megabytes(slots * slot)} MB for {slots} slots";
        if (step is not var (tower, decoder)) yield break;
        yield return $"a step on a GPU: about {Megabytes(decoder)} MB for prompts and answers, {Megabytes(tower)} MB for the largest "
            + "picture";
        yield return $"all on a GPU, with a place for prompts: about {Megabytes(all.Bytes + ((slots + 1) * slot) + tower + decoder)} MB";
    }

    private static string Line(string part, string parameters, string each, string megabytes) =>
        $"{part,-12}{parameters,16}{each,12}{megabytes,14}";

    private static string Number(long value) => value.ToString("#,0", CultureInfo.InvariantCulture);

    private static string Megabytes(long bytes) => (bytes / 1e6).ToString("#,0.0", CultureInfo.InvariantCulture);
}
