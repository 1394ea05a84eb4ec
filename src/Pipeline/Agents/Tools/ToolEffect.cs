namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>What a call of a tool does to the world; decides what may be repeated after a crash.</summary>
public enum ToolEffect
{
    /// <summary>Nothing: it may be done again.</summary>
    Read,

    /// <summary>It makes files of the job itself, which the commit puts in place.</summary>
    Write,

    /// <summary>Something outside of this program, which is never done a second time.</summary>
    External,
}
