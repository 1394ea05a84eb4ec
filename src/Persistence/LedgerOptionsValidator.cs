using Microsoft.Extensions.Options;

namespace Qwen35Batch.Persistence;

[OptionsValidator]
internal sealed partial class LedgerOptionsValidator : IValidateOptions<LedgerOptions>;
