using Qwen35Batch.Pipeline.Tests.Acquire;
using Qwen35Batch.Pipeline.Tests.Grounding.Places;

namespace Qwen35Batch.Pipeline.Tests.Grounding;

/// <summary>Places of values on generated pages, a dozen of each kind; <c>tests/Benchmarks places</c> measures more of them.</summary>
public sealed class PlacesTests : IDisposable
{
    private const int Dozen = 12;

    private readonly MediaRig _rig = new();

    public static TheoryData<PlacesKind> Kinds => [.. Enum.GetValues<PlacesKind>()];

    public void Dispose() => _rig.Dispose();

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task The_place_of_a_value_is_where_it_is_shown_and_an_invention_has_none(PlacesKind kind)
    {
        var run = new PlacesRun();
        for (var seed = 0; seed < Dozen; seed++)
        {
            var page = PlacesPage.Make(kind, seed);
            var pages = await _rig.ExtractAsync(_rig.Folder.Write($"{kind}-{seed}.pdf", page.Pdf), new() { MaxPicturePixels = 20_000 });
            run.Add(page, pages[page.Page - 1]);
        }

        var problems = string.Join('\n', run.Problems);
        Assert.True(run.Planted >= 6 * Dozen && run.Invented >= 5 * Dozen, $"{run.Planted} planted, {run.Invented} invented");
        Assert.True(run.Right >= 0.98 * run.Planted, $"Of {run.Planted} places, {run.Right} are right:\n{problems}");
        Assert.True(run.SurelyWrong == 0, problems);
        Assert.True(run.Marked >= 0.95 * run.Invented, $"Of {run.Invented} inventions, {run.Marked} are marked:\n{problems}");
    }
}
