using Microsoft.Extensions.Configuration;
using Qwen35Batch.Contracts;
using Qwen35Batch.Contracts.Stages;
using Qwen35Batch.Pipeline.Jobs;

namespace Qwen35Batch.Pipeline.Tests.Jobs;

public sealed class OwnSecretsTests
{
    [Theory]
    [InlineData("Engine:ApiKey", "sk-0123456789", "sk-0123456789")]
    [InlineData("Transcription:ApiKey", "asr-key-1", "asr-key-1")]
    [InlineData("Bus:Password", "rabbit-secret", "rabbit-secret")]
    [InlineData("Http:ApiKeys:0", "caller-key-1", "caller-key-1")]
    [InlineData("Ledger:ConnectionString", "Host=db;Username=me;Password=\"db;secret\"", "db;secret")]
    [InlineData("Engine:BaseUrl", "https://me:p%40ss-word@models.example/v1", "p@ss-word")]
    public void Every_secret_of_the_settings_is_struck(string key, string value, string secret)
    {
        var secrets = OwnSecrets.Of(new ConfigurationBuilder().AddInMemoryCollection([new(key, value)]).Build());

        Assert.Equal("It says [struck out] and [struck out].", secrets.Strike($"It says {secret} and {Uri.EscapeDataString(secret)}."));
    }

    [Fact]
    public void Words_and_other_settings_stay()
    {
        var secrets = OwnSecrets.Of(new ConfigurationBuilder().AddInMemoryCollection(
            [new("Bus:Password", "guest"), new("Engine:Model", "qwen3.5-vl"), new("Engine:BaseUrl", "http://models.example/v1"),
                new("Ledger:ConnectionString", "not one")]).Build());

        const string Text = "guest qwen3.5-vl http://models.example/v1 not one";
        Assert.Equal(Text, secrets.Strike(Text));
    }

    [Fact]
    public void Nothing_that_is_recorded_of_a_failure_shows_one()
    {
        var secrets = new OwnSecrets(["sk-0123456789"]);
        const string Leak = "key sk-0123456789";

        Assert.Equal(
            new StageOutcome.Rejected(RejectionReason.SourceNotFound, "key [struck out]"),
            secrets.Strike(new StageOutcome.Rejected(RejectionReason.SourceNotFound, Leak)));
        Assert.Equal(
            new StageOutcome.Deferred(TimeSpan.Zero, "key [struck out]"), secrets.Strike(new StageOutcome.Deferred(TimeSpan.Zero, Leak)));
        Assert.Equal(
            new StageOutcome.Rejected(RejectionReason.InvalidAnswer, "key [struck out]", "key [struck out]"),
            secrets.Strike(new StageOutcome.Rejected(RejectionReason.InvalidAnswer, Leak, Leak)));
        Assert.Equal(
            new StageOutcome.Deferred(TimeSpan.Zero, "key [struck out]", FaultScope.Engine) { BreaksEngine = true },
            secrets.Strike(new StageOutcome.Deferred(TimeSpan.Zero, Leak, FaultScope.Engine) { BreaksEngine = true }));
        var completed = new StageOutcome.Completed(default, [], new(), "model", Leak);
        Assert.Equal("key [struck out]", Assert.IsType<StageOutcome.Completed>(secrets.Strike(completed)).Note);
    }
}
