namespace Qwen35Batch.Inference.Batching.Plan;

/// <summary>
/// The leading tokens of a prompt, as the key of their state. Compared token by token: a hash alone could mix up two tasks.
/// </summary>
internal sealed class TokenPrefix : IEquatable<TokenPrefix>
{
    private readonly ReadOnlyMemory<int> _tokens;
    private readonly int _hash;

    public TokenPrefix(ReadOnlyMemory<int> tokens)
    {
        _tokens = tokens;
        var hash = new HashCode();
        hash.AddBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(tokens.Span));
        _hash = hash.ToHashCode();
    }

    public int Length => _tokens.Length;

    /// <summary>The same key without a hold on the prompt that it came from.</summary>
    public TokenPrefix Detach() => new(_tokens.ToArray());

    public bool Equals(TokenPrefix? other) => other is not null && _hash == other._hash && _tokens.Span.SequenceEqual(other._tokens.Span);

    public override bool Equals(object? obj) => Equals(obj as TokenPrefix);

    public override int GetHashCode() => _hash;
}
