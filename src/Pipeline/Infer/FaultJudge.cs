using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Jobs;
using Qwen35Batch.Pipeline.Prepare;

namespace Qwen35Batch.Pipeline.Infer;

/// <summary>
/// Charges a fault of the engine to what caused it: the item, the form of the request, or the engine. The item is charged only where others
/// are answered meanwhile.
/// </summary>
internal sealed class FaultJudge(IEnumerable<ModelFaultReader> engines, IEnumerable<IEndpointProbe> probes)
{
    // Only an endpoint has one; the engine in this process answers for itself.
    private readonly IEndpointProbe? _probe = probes.FirstOrDefault();

    /// <returns>Null when the exception is not one of an engine.</returns>
    public ModelFault? Read(Exception failure) =>
        engines.Select(engine => engine(failure)).FirstOrDefault(fault => fault is not null) ?? EndpointFaults.Read(failure);

    public void Answered(PreparedRequest request) => _probe?.Answered(request.Messages, request.Options);

    /// <param name="fault">What the engine's exception means.</param>
    /// <param name="spent">What its reply took all the same; null when nothing is known.</param>
    /// <param name="request">The request that failed.</param>
    /// <param name="cause">The exception.</param>
    /// <param name="cancellationToken">Stops the asking.</param>
    /// <returns>The exception that says what to do with the segment.</returns>
    public async Task<Exception> ChargeAsync(
        ModelFault fault, Usage? spent, PreparedRequest request, Exception cause, CancellationToken cancellationToken)
    {
        ResourceUnavailableException Defer(ModelFault of, FaultScope scope, TimeSpan delay, bool breaksEngine = false) =>
            new(of.Detail, of.RetryAfter ?? delay, cause: cause) { Scope = scope, BreaksEngine = breaksEngine, Usage = spent };

        switch (fault.Kind)
        {
            case ModelFaultKind.PromptTooLong when fault.RoomForAnswer is { } room:
                return new AnswerTooLongException(room, fault.Detail, cause);
            case ModelFaultKind.PromptTooLong:
                return new MediaRejectedException(
                    RejectionReason.PromptTooLong,
                    $"The prompt does not fit into the model: {fault.Detail} {ContextLength.SmallerPrompt}",
                    cause)
                {
                    Usage = spent,
                };
            case ModelFaultKind.AnswerLength:
                return new MediaRejectedException(
                    RejectionReason.InvalidOptions,
                    $"{fault.Detail} It is the job's option maxOutputTokens, or without it that of the task's sampling.",
                    cause);
            case ModelFaultKind.Unavailable:
                return Defer(fault, FaultScope.Engine, EndpointFaults.Delay);
            case ModelFaultKind.Misconfigured:
                return Defer(fault, FaultScope.Request, EndpointFaults.OperatorsDelay);
        }

        var isRefusal = fault.Kind == ModelFaultKind.Refused;
        var isItems = _probe is null || await _probe.AnswersOthersAsync(request.Messages, request.Options, isRefusal, cancellationToken);
        return (fault.Kind, isItems) switch
        {
            (ModelFaultKind.Refused, true) => new MediaRejectedException(RejectionReason.ModelRefused, fault.Detail, cause)
            {
                Usage = spent,
            },
            (ModelFaultKind.Refused, false) => Defer(
                fault with
                {
                    Detail = And(
                        fault.Detail,
                        "The server refuses every request of this form: "
                        + $"check the settings of Engine, and the task '{Name(request)}'."),
                },
                FaultScope.Request,
                EndpointFaults.OperatorsDelay),
            (ModelFaultKind.Broken, true) => Defer(
                fault with { Detail = And(fault.Detail, "It answers others meanwhile.") },
                FaultScope.Item,
                EndpointFaults.Delay,
                breaksEngine: _probe is not null),
            (_, true) => Defer(fault, FaultScope.Item, EndpointFaults.Delay),
            (_, false) => Defer(
                fault with { Detail = And(fault.Detail, "It answers no other request either.") },
                FaultScope.Engine,
                EndpointFaults.Delay),
        };
    }

    // What a server or the system says has a full stop or not.
    private static string And(string said, string sentence) => $"{said.TrimEnd('.')}. {sentence}";

    private static string Name(PreparedRequest request) =>
        (request.Options.ResponseFormat as Microsoft.Extensions.AI.ChatResponseFormatJson)?.SchemaName ?? "";
}
