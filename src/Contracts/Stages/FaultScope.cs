namespace Qwen35Batch.Contracts.Stages;

/// <summary>What a fault is charged to: who else meets it, and who can put it right. A closed list.</summary>
public enum FaultScope
{
    /// <summary>The item: others are answered. The attempt counts.</summary>
    Item,

    /// <summary>
    /// The form of every request, its address or its key: a setting, or the account behind it. Nothing of this form is answered until an
    /// operator puts it right; the item is not charged.
    /// </summary>
    Request,

    /// <summary>The model's engine or endpoint: away, overloaded, or broken for all. The item is not charged.</summary>
    Engine,

    /// <summary>
    /// This machine, or another server that the work needs: a full disk, a transcription endpoint. The item is not charged.
    /// </summary>
    Machine,
}
