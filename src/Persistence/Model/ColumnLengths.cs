namespace Qwen35Batch.Persistence.Model;

/// <summary>Lengths of text columns, in characters.</summary>
internal static class ColumnLengths
{
    /// <summary>An enum's name.</summary>
    public const int EnumName = 32;

    /// <summary>A SHA-256 in hexadecimal.</summary>
    public const int Sha256 = 64;

    /// <summary>As the contract limits it.</summary>
    public const int Source = 2048;

    /// <summary>As the contract limits it.</summary>
    public const int Question = 4000;

    /// <summary>As the contract limits it.</summary>
    public const int CorrelationId = 200;

    /// <summary>A PostgreSQL index entry has at most 2,704 bytes, a character up to 4; longer keys are hashed.</summary>
    public const int Key = 500;

    /// <summary>A task's, corpus' or event type's name, or a task's version.</summary>
    public const int Name = 200;

    /// <summary>A model and its revision.</summary>
    public const int Model = 300;

    /// <summary>Words for a person; longer ones are cut.</summary>
    public const int Detail = 4000;

    /// <summary>A place within an office document; the name of a sheet has at most 31 characters, of an open one any number.</summary>
    public const int Address = 400;

    /// <summary>A JSON pointer into an insight.</summary>
    public const int JsonPointer = 1000;
}
