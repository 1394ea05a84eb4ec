using Qwen35Batch.Inference.Batching;

namespace Qwen35Batch.Inference.Tests.Batching;

public sealed class ByteBudgetCacheTests
{
    private readonly List<string> _evicted = [];
    private readonly ByteBudgetCache<string, string> _cache;

    public ByteBudgetCacheTests() => _cache = new ByteBudgetCache<string, string>(100, _evicted.Add);

    [Fact]
    public void What_was_used_longest_ago_makes_room()
    {
        _cache.Add("a", "A", 40);
        _cache.Add("b", "B", 40);
        Assert.True(_cache.TryGet("a", out var value));
        Assert.Equal("A", value);

        _cache.Add("c", "C", 50);

        Assert.Equal(["B"], _evicted);
        Assert.True(_cache.Contains("a") && _cache.Contains("c") && !_cache.Contains("b"));
        Assert.Equal(90, _cache.Bytes);
    }

    [Fact]
    public void What_can_never_fit_costs_nobody_its_place()
    {
        _cache.Add("a", "A", 40);
        _cache.Add("b", "B", 101);

        Assert.Equal(["B"], _evicted);
        Assert.True(_cache.Contains("a"));
    }

    [Fact]
    public void A_key_that_is_added_again_replaces_its_value()
    {
        _cache.Add("a", "A", 40);
        _cache.Add("a", "B", 60);

        Assert.Equal(["A"], _evicted);
        Assert.Equal(60, _cache.Bytes);
    }

    [Fact]
    public void Clearing_evicts_everything()
    {
        _cache.Add("a", "A", 40);
        _cache.Add("b", "B", 40);
        _cache.Clear();

        Assert.Equal(["A", "B"], _evicted);
        Assert.Equal(0, _cache.Bytes);
    }
}
