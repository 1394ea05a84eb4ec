using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tests.Acquire.Opening;

public sealed class SourcesTests
{
    [Theory]
    [InlineData("shelf://box/a.txt", "shelf")]
    [InlineData("SHELF://box/a.txt", "shelf")]
    [InlineData("/box/a.txt", "disk")]
    [InlineData("file:///box/a.txt", "disk")]
    public async Task The_scheme_of_an_address_says_which_place_opens_it(string source, string opens)
    {
        var sources = new Sources([new Place("disk", "", "file"), new Place("shelf", "shelf")]);

        await using var opened = await sources.OpenAsync(source, TestContext.Current.CancellationToken);

        Assert.Equal(opens, opened.Name);
    }

    [Fact]
    public async Task An_address_of_no_place_is_refused_with_what_may_be_written()
    {
        var sources = new Sources([new Place("disk", "", "file"), new Place("shelf", "shelf")]);

        var refused = await Assert.ThrowsAsync<MediaRejectedException>(
            () => sources.OpenAsync("ftp://x/a", TestContext.Current.CancellationToken));

        Assert.Equal(RejectionReason.SourceForbidden, refused.Reason);
        Assert.Equal("'ftp://x/a' is a ftp: address; use what disk opens or what shelf opens.", refused.Message);
    }

    private sealed class Place(string name, params string[] schemes) : ISource
    {
        public IReadOnlyList<string> Schemes => schemes;

        public string Form => $"what {name} opens";

        public Task<OpenedSource> OpenAsync(string source, CancellationToken cancellationToken, Func<Uri, bool>? follows = null) =>
            Task.FromResult(new OpenedSource(name, "a.txt", Stream.Null));
    }
}
