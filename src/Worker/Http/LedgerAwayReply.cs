using Microsoft.AspNetCore.Diagnostics;
using Qwen35Batch.Persistence.Databases;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Http;

/// <summary>What a request is answered that needs a ledger that is away: 503, why, and when to ask again.</summary>
internal sealed class LedgerAwayReply(LedgerProbeLoop probe) : IExceptionHandler
{
    private const string RetryAfterSeconds = "10";

    public async ValueTask<bool> TryHandleAsync(HttpContext context, Exception exception, CancellationToken cancellationToken)
    {
        if (exception is not LedgerUnavailableException away) return false;

        probe.LookSoon();
        context.Response.Headers.RetryAfter = RetryAfterSeconds;
        await Results.Problem(
            $"{away.Message} Nothing was changed.",
            statusCode: StatusCodes.Status503ServiceUnavailable,
            title: "The ledger is away",
            extensions: new Dictionary<string, object?> { ["code"] = away.Code }).ExecuteAsync(context);
        return true;
    }
}
