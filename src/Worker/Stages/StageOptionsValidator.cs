using Microsoft.Extensions.Options;

namespace Qwen35Batch.Worker.Stages;

/// <summary>What no single key of the stages can say alone.</summary>
internal sealed class StageOptionsValidator : IValidateOptions<StageOptions>
{
    public ValidateOptionsResult Validate(string? name, StageOptions options) =>
        options.HeartbeatInterval * 3 <= options.LeaseDuration
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(
                $"Stages:HeartbeatInterval is {options.HeartbeatInterval}; it takes at most a third of Stages:LeaseDuration "
                    + $"({options.LeaseDuration}), so that two lost heartbeats lose no work.");
}
