using System.Data.Common;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference.Checkpoints;
using Qwen35Batch.Inference.Decoding;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Configuration;

namespace Qwen35Batch.Worker.Commands;

/// <summary>
/// What a user is told when a command ends with an exception: sentences for what a user can repair, everything for the rest.
/// </summary>
internal static class StartFailure
{
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        SettingsException settings => settings.Problems,
        OptionsValidationException options => options.Failures.ToList(),
        CommandException
            or ModelFormatException
            or ExecutionProviderException
            or UnknownTaskException
            or InvalidTaskException
            or HttpRequestException => [exception.Message],
        AggregateException { InnerExceptions.Count: > 0 } many => many.InnerExceptions.SelectMany(Explain).ToList(),
        DbException or { InnerException: DbException } when LedgerOutage.Explains(exception) =>
            [$"The ledger cannot be reached: {exception.GetBaseException().Message} Check Ledger:Provider and Ledger:ConnectionString."],
        IOException { InnerException: AddressInUseException } inUse => [$"{inUse.Message} Choose another address with --urls."],
        IOException or UnauthorizedAccessException or InvalidDataException => [exception.Message],
        _ => [exception.ToString()],
    };
}
