using Microsoft.Extensions.AI;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Console;
using Microsoft.Extensions.Options;
using Qwen35Batch.Persistence;
using Qwen35Batch.Pipeline;
using Qwen35Batch.Pipeline.Acquire.Opening;
using Qwen35Batch.Pipeline.Vocabularies;
using Qwen35Batch.Worker.Agents;
using Qwen35Batch.Worker.Availability;
using Qwen35Batch.Worker.Confidence;
using Qwen35Batch.Worker.Configuration;
using Qwen35Batch.Worker.Corpora;
using Qwen35Batch.Worker.Dashboard;
using Qwen35Batch.Worker.Health;
using Qwen35Batch.Worker.Http;
using Qwen35Batch.Worker.Intake;
using Qwen35Batch.Worker.Messaging;
using Qwen35Batch.Worker.Retention;
using Qwen35Batch.Worker.Reviews;
using Qwen35Batch.Worker.Signals;
using Qwen35Batch.Worker.Stages;
using Qwen35Batch.Worker.Telemetry;

namespace Qwen35Batch.Worker.Hosting;

/// <summary>
/// The hosts of this program, built from the same parts: the server, the embedded worker of commands that work for themselves, and the
/// ledger alone for commands that only ask.
/// </summary>
internal static class WorkerComposition
{
    /// <summary>The worker with bus, schedules and HTTP interface. Not started.</summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="change">Changes the services before they are built; for tests.</param>
    /// <exception cref="SettingsException">The configuration has unknown keys or wrong values.</exception>
    public static WebApplication BuildServer(WorkerSettings settings, Action<IServiceCollection>? change = null)
    {
        var builder = WebApplication.CreateBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        ConfigurationSources.AddAll(builder.Configuration, settings);
        var options = CheckedOptions.Read(builder.Configuration);
        builder.Host.UseDefaultServiceProvider(Strict);
        // Before the settings, which may name another formatter (Logging:Console:FormatterName) or change this one.
        builder.Services.Configure<SimpleConsoleFormatterOptions>(Format).Configure<JsonConsoleFormatterOptions>(InUtc);
        builder.Logging.ClearProviders().AddConsole();
        builder.Services
            .AddWorkerOptions()
            .AddCore(new StartPolicy(WaitsForLedger: true, settings.OwnsDataFolder))
            .AddLedger(builder.Configuration)
            .AddPipeline(builder.Configuration)
            .AddAgentTools()
            .AddDocumentReader()
            .AddEngine(builder.Configuration)
            .DecorateChatClient((provider, model) =>
                new ChatClientBuilder(model)
                    .UseOpenTelemetry(provider.GetService<ILoggerFactory>(), TelemetryRegistration.Model)
                    .Build(provider))
            .AddCorpora()
            .AddMessaging(options.Bus)
            .AddSchedules(options.Ledger)
            .AddCorpusSchedules()
            .AddRetentionSchedule()
            .AddStageLoops()
            .AddHealth()
            .AddHttpInterface(options.Http)
            .AddDashboard()
            .AddTelemetry(options.Telemetry);
        // Whoever reaches the server names the files that it opens: none, until folders are allowed.
        builder.Services.PostConfigure<AcquireOptions>(acquire => acquire.AllowedRoots ??= []);
        change?.Invoke(builder.Services);

        var server = builder.Build();
        // Here and not at the start, where the host would log a stack beside the sentence.
        server.Services.GetRequiredService<IStartupValidator>().Validate();
        server.MapHttpInterface(options.Http, options.Dashboard.AllowRemote);
        server.MapDashboard(options.Dashboard);
        return server;
    }

    /// <summary>
    /// Ledger, engine and stage loops in this process, without bus, schedules and HTTP. Not started. Local files are read wherever they
    /// are: they are named by whoever started the command.
    /// </summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="change">Adds the command's own services and its logging; without, only critical lines are written, to the error
    /// stream.</param>
    /// <exception cref="SettingsException">The configuration has unknown keys or wrong values.</exception>
    public static IHost BuildEmbedded(WorkerSettings settings, Action<IServiceCollection>? change = null)
    {
        var builder = EmptyBuilder(settings);
        builder.Services.AddStageLoops();
        change?.Invoke(builder.Services);
        return builder.Build();
    }

    /// <summary>
    /// The same without the loops, for commands that ask, cancel, retry, export and enqueue. It need not be started; the engine loads its
    /// model only for a command that uses it.
    /// </summary>
    /// <param name="settings">What the command line says.</param>
    /// <param name="change">Adds the command's own services and its logging; without, only critical lines are written, to the error
    /// stream.</param>
    /// <exception cref="SettingsException">The configuration has unknown keys or wrong values.</exception>
    public static IHost BuildLedgerOnly(WorkerSettings settings, Action<IServiceCollection>? change = null)
    {
        var builder = EmptyBuilder(settings);
        change?.Invoke(builder.Services);
        return builder.Build();
    }

    private static HostApplicationBuilder EmptyBuilder(WorkerSettings settings)
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        ConfigurationSources.AddAll(builder.Configuration, settings);
        _ = CheckedOptions.Read(builder.Configuration);
        var strict = new ServiceProviderOptions();
        Strict(null!, strict);
        builder.ConfigureContainer(new DefaultServiceProviderFactory(strict));
        builder.Services.Configure<ConsoleLifetimeOptions>(console => console.SuppressStatusMessages = true);
        // A command shows its progress itself; only what ends it is written beside that.
        builder.Logging.AddSimpleConsole(Format).SetMinimumLevel(LogLevel.Critical);
        builder.Services.Configure<ConsoleLoggerOptions>(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        builder.Services
            .AddWorkerOptions()
            .AddCore(new StartPolicy(WaitsForLedger: false, settings.OwnsDataFolder))
            .AddLedger(builder.Configuration)
            .AddPipeline(builder.Configuration)
            .AddAgentTools()
            .AddDocumentReader()
            .AddEngine(builder.Configuration)
            .AddCorpora();
        return builder;
    }

    private static IServiceCollection AddCore(this IServiceCollection services, StartPolicy policy)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(policy);
        services.AddSingleton(provider => BundledCalibrations.Of(provider.GetRequiredService<IConfiguration>()));
        services.AddSingleton<WorkSignals>();
        services.AddSingleton<WorkerMetrics>();
        services.AddSingleton<SubmitJobValidator>();
        services.AddSingleton<JobIdentifier>();
        services.AddSingleton<JobIntake>();
        services.AddSingleton<IEventPublisher, NoEventPublisher>();
        services.AddSingleton<FailedMessages>();
        services.AddSingleton<AnswerSchemas>();
        services.AddSingleton<InsightReviewing>();
        services.AddPurge();
        services.AddSingleton<IVocabularyDatabases, VocabularyDatabases>();
        services.AddSingleton<LedgerWatch>();
        services.AddSingleton<LedgerStart>();
        services.AddHostedService(provider => provider.GetRequiredService<LedgerStart>());
        return services;
    }

    private static IServiceCollection AddWorkerOptions(this IServiceCollection services)
    {
        services.AddOptionsWithValidateOnStart<StageOptions, StageOptionsValidator>().BindConfiguration(StageOptions.Section);
        services.AddOptionsWithValidateOnStart<BusOptions, BusOptionsValidator>().BindConfiguration(BusOptions.Section);
        services.AddOptionsWithValidateOnStart<HttpOptions, HttpOptionsValidator>().BindConfiguration(HttpOptions.Section);
        services.AddOptions<TelemetryOptions>().BindConfiguration(TelemetryOptions.Section);
        return services;
    }

    private static void Strict(object context, ServiceProviderOptions options)
    {
        options.ValidateOnBuild = true;
        options.ValidateScopes = true;
    }

    private static void Format(SimpleConsoleFormatterOptions console)
    {
        InUtc(console);
        console.SingleLine = true;
    }

    private static void InUtc(ConsoleFormatterOptions console)
    {
        console.UseUtcTimestamp = true;
        console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
    }
}
