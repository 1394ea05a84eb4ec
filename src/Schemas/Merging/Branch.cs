using Qwen35Batch.Schemas.Reading;

namespace Qwen35Batch.Schemas.Merging;

/// <summary>Schemas that are being taken together.</summary>
internal sealed class Branch
{
    public Branch(Conjunction roots) => Roots = roots;

    public Branch(Branch other)
    {
        Roots = other.Roots;
        Types = other.Types;
        Chosen = other.Chosen;
        IsQuestion = other.IsQuestion;
        Most = other.Most;
        Members = [.. other.Members];
        Seen = [.. other.Seen];
        Choices = new(other.Choices);
        Placed = [.. other.Placed];
    }

    public Conjunction Roots { get; }

    public ValueTypes Types { get; set; } = ValueTypes.All;

    /// <summary>Whether it only asks if something fits, and nothing is written by it.</summary>
    public bool IsQuestion { get; init; }

    /// <summary>How many ways are followed, where one is as good as another; null for all.</summary>
    public int? Most { get; init; }

    /// <summary>How many choices have been made.</summary>
    public int Chosen { get; set; }

    public List<Schema> Members { get; } = [];

    public HashSet<Schema> Seen { get; } = [];

    /// <summary>Those of the members' <see cref="Schema.SomeProperties"/> that have been made choices.</summary>
    public HashSet<SomeProperty> Placed { get; } = [];

    public Queue<Choice> Choices { get; } = new();
}
