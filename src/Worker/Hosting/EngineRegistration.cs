using System.Text.Json;
using Microsoft.Extensions.Options;
using Qwen35Batch.Inference;
using Qwen35Batch.Inference.Batching;
using Qwen35Batch.Inference.Chat;
using Qwen35Batch.Inference.Grammar.Schema;
using Qwen35Batch.Inference.Tokenization;
using Qwen35Batch.Pipeline.Endpoints;
using Qwen35Batch.Pipeline.Tasks;
using Qwen35Batch.Schemas.Faults;
using Qwen35Batch.Schemas.Vocabularies;
using Qwen35Batch.Worker.Availability;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>The model: in this process or behind an endpoint. The rest of the program sees an <c>IChatClient</c>.</summary>
internal static class EngineRegistration
{
    public static IServiceCollection AddEngine(this IServiceCollection services, IConfiguration configuration)
    {
        var selection = configuration.GetSection(EngineSelection.Section).Get<EngineSelection>() ?? new();
        return selection.Kind == EngineKind.OpenAI ? services.AddEndpoint(configuration) : services.AddLocal();
    }

    private static IServiceCollection AddEndpoint(this IServiceCollection services, IConfiguration configuration) => services
        .AddOpenAICompatibleEngine(configuration)
        .AddSingleton(provider => new EngineCapacity(provider.GetRequiredService<IOptions<EndpointOptions>>().Value.MaxConcurrency))
        .AddSingleton<IEngine, EndpointEngine>();

    private static IServiceCollection AddLocal(this IServiceCollection services) => services
        .AddQwen35Engine()
        .AddSingleton<SchemaSupport>(provider => schema => WhyNotHeldTo(schema, provider.GetRequiredService<IVocabularies>()))
        .AddSingleton<ModelFaultReader>(Read)
        .AddSingleton(provider => new EngineCapacity(provider.GetRequiredService<IOptions<EngineOptions>>().Value.Slots))
        .AddHostedService<EngineStart>()
        .AddSingleton<IEngine, LocalEngine>();

    private static string? WhyNotHeldTo(JsonElement schema, IVocabularies vocabularies)
    {
        try
        {
            JsonSchemaGrammar.Compile(schema, vocabularies);
            return null;
        }
        catch (UnsupportedSchemaException problem)
        {
            return problem.Message;
        }
    }

    internal static ModelFault? Read(Exception exception) => exception switch
    {
        RequestRefusedException refused => new(KindOf(refused.Kind), refused.Message),
        InvalidPromptException invalid => new(ModelFaultKind.Refused, invalid.Message),
        EngineStoppedException stopped => new(ModelFaultKind.Unavailable, stopped.Message),
        _ => null,
    };

    private static ModelFaultKind KindOf(RequestRefusal refusal) => refusal switch
    {
        RequestRefusal.PromptTooLong => ModelFaultKind.PromptTooLong,
        RequestRefusal.AnswerLength => ModelFaultKind.AnswerLength,
        _ => ModelFaultKind.Refused,
    };
}
