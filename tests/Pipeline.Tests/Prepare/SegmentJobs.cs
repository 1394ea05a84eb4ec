using System.Security.Cryptography;
using System.Text;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Extract.Segments;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Pipeline.Tests.Tasks;

namespace Qwen35Batch.Pipeline.Tests.Prepare;

/// <summary>Segments and their content, without media.</summary>
internal static class SegmentJobs
{
    public static readonly SegmentReference Clip = new() { Number = 1, Kind = SegmentKind.Clip, StartSeconds = 12, EndSeconds = 42 };

    public static AnalysisTask Task(string name)
    {
        var catalog = Catalogs.BuiltIn();
        return catalog.Get(catalog.Resolve(name));
    }

    public static SegmentJob Job(SegmentReference segment, MediaKind kind, string task, JobOptions? options = null) => new()
    {
        JobId = new("11111111-2222-3333-4444-555555555555"),
        Source = "/data/source",
        Media = new()
        {
            Sha256 = new('0', 64),
            Kind = kind,
            MediaType = "application/octet-stream",
            LengthBytes = 1,
            DurationSeconds = kind is MediaKind.Video or MediaKind.Audio ? 60.1 : null,
            PageCount = kind == MediaKind.Pdf ? 10 : null,
        },
        Task = Task(task).Reference,
        Options = options ?? new(),
        Segment = segment,
    };

    /// <summary>A picture of 2 × 1 pixels, or of the size given, whose colour is its number.</summary>
    public static Picture Picture(int number, int? page = null, double? seconds = null, int width = 2, int height = 1)
    {
        var pixmap = Encoding.ASCII.GetBytes($"P6\n{width} {height}\n255\n")
            .Concat(Enumerable.Repeat((byte)number, width * height * 3))
            .ToArray();
        return new(pixmap, width, height, Convert.ToHexStringLower(SHA256.HashData(pixmap)), page, seconds);
    }
}
