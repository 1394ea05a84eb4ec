namespace Qwen35Batch.Pipeline.Agents.Tools;

/// <summary>Whether what a tool gives may reach the planner as it is.</summary>
public enum ResultTrust
{
    /// <summary>It was made by this program.</summary>
    Trusted,

    /// <summary>Others wrote it: it is read by a request without tools, and only checked notes of it go further.</summary>
    Untrusted,
}
