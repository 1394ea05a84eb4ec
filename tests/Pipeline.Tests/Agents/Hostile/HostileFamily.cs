namespace Qwen35Batch.Pipeline.Tests.Agents.Hostile;

/// <summary>What an attacker hides in a page.</summary>
internal enum HostileFamily
{
    DirectOrder,
    FakeSystemTurn,
    ControlTokens,
    ToolCallText,
    Exfiltration,
    ReportPoisoning,
}
