using Qwen35Batch.Inference.Grammar.Schema;

namespace Qwen35Batch.Inference.Grammar.Tokens;

/// <summary>An object or array that is being written, with those around it. Equal when all of them are.</summary>
internal sealed class Frame : IEquatable<Frame>
{
    private readonly int _hash;
    private Frame? _alike;

    /// <param name="container">What is written.</param>
    /// <param name="position">How far: see <see cref="ContainerNode"/>.</param>
    /// <param name="parent">What it stands in, or null.</param>
    /// <param name="rest">Tokens that certainly suffice after the value at this position to the end of the answer.</param>
    public Frame(ContainerNode container, int position, Frame? parent, int rest)
    {
        Container = container;
        Position = position;
        Parent = parent;
        Rest = rest;
        Depth = (parent?.Depth ?? 0) + 1;
        IsAmongNames = container is ObjectNode { HasDifferentNames: true } || parent?.IsAmongNames == true;
        UniqueDepth = container is ArrayNode { IsUnique: true } ? Depth : parent?.UniqueDepth ?? 0;
        _hash = HashCode.Combine(container.Id, position, parent?._hash ?? 0);
    }

    public ContainerNode Container { get; }

    public int Position { get; }

    public Frame? Parent { get; }

    public int Rest { get; }

    /// <summary>The number of open objects and arrays, this one included.</summary>
    public int Depth { get; }

    /// <summary>The depth of the array around whose items have to differ (<see cref="ArrayNode.IsUnique"/>), or 0.</summary>
    public int UniqueDepth { get; }

    /// <summary>Whether it is, or stands within, an object whose names have to differ.</summary>
    public bool IsAmongNames { get; }

    /// <summary>A frame in which the same tokens may follow, the same one for as many as possible.</summary>
    /// <param name="lookahead">The items that one token can complete.</param>
    public Frame Alike(int lookahead)
    {
        if (_alike is not null)
            return _alike;
        var parent = Parent?.Alike(lookahead);
        var position = Container.AlikePosition(Position, lookahead);
        return _alike = position == Position && ReferenceEquals(parent, Parent) ? this : new Frame(Container, position, parent, Rest);
    }

    public bool Equals(Frame? other) =>
        ReferenceEquals(this, other)
        || (other is not null
            && _hash == other._hash
            && Container == other.Container
            && Position == other.Position
            && Equals(Parent, other.Parent));

    public override bool Equals(object? obj) => Equals(obj as Frame);

    public override int GetHashCode() => _hash;
}
