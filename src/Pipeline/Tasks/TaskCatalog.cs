using System.Reflection;
using Microsoft.Extensions.Options;
using Qwen35Batch.Contracts;
using Qwen35Batch.Pipeline.Tasks.Grants;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Tasks;

/// <summary>All tasks of this installation: the built-in ones and those of <see cref="TasksOptions.Folder"/>.</summary>
public sealed class TaskCatalog
{
    /// <summary>The name that chooses a task by the kind of media.</summary>
    public const string Auto = "auto";

    private readonly SortedDictionary<string, Entry> _tasks = new(StringComparer.Ordinal);

    /// <summary>Reads all task files.</summary>
    /// <param name="options">Where an installation's own tasks are.</param>
    /// <param name="engines">What the engine can hold an answer to.</param>
    /// <param name="vocabularies">The lists of names that schemas may refer to; none when it is null.</param>
    /// <param name="tools">The tools that an agent may be given; none when it is null.</param>
    /// <exception cref="InvalidTaskException">A file cannot be used.</exception>
    public TaskCatalog(
        IOptions<TasksOptions> options, IEnumerable<SchemaSupport> engines, IVocabularies? vocabularies = null,
        IEnumerable<KnownTool>? tools = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        var reader = new TaskFile(engines, vocabularies ?? NoVocabularies.Instance, [.. tools ?? []]);
        foreach (var (file, content) in BuiltIn())
            _tasks.Add(Path.GetFileNameWithoutExtension(file), new(reader.Read(file, content), file, BuiltIn: true));
        List<string> problems = [];
        foreach (var (file, content) in FromFolder(options.Value.Folder))
        {
            try
            {
                var task = reader.Read(file, content);
                if (_tasks.TryGetValue(task.Reference.Name, out var other) && !other.BuiltIn)
                    problems.Add($"The task files '{other.File}' and '{file}' both define the task '{task.Reference.Name}': rename one.");
                _tasks[task.Reference.Name] = new(task, file, BuiltIn: false);
            }
            catch (InvalidTaskException problem)
            {
                problems.Add(problem.Message);
            }
        }

        if (problems.Count > 0) throw new InvalidTaskException(string.Join(Environment.NewLine, problems));
    }

    /// <summary>All tasks, by name.</summary>
    public IReadOnlyList<TaskSummary> List() =>
        [.. _tasks.Values.Select(entry => new TaskSummary(
            entry.Task.Reference,
            entry.Task.Description,
            entry.Task.Kinds,
            entry.Task.Segment.Schema,
            entry.Task.Synthesis?.Schema,
            entry.BuiltIn))];

    /// <summary>The task of a name, or for <c>auto</c> the one for a kind of media.</summary>
    /// <param name="name">A task's name, or <c>auto</c>.</param>
    /// <param name="kind">
    /// What the media is, when that is known: then the task must read it. Without it, <c>auto</c> cannot be resolved.
    /// </param>
    /// <exception cref="UnknownTaskException">There is none.</exception>
    public TaskReference Resolve(string name, MediaKind? kind = null)
    {
        var chosen = name == Auto && kind is { } known ? ByKind(known) : name;
        if (!_tasks.TryGetValue(chosen, out var entry))
        {
            throw new UnknownTaskException(
                $"There is no task '{name}'. There are: {Names(_ => true)}{(name == Auto ? "" : $", and '{Auto}'")}.");
        }

        if (kind is not null && entry.Task.Agent is not null)
        {
            throw new UnknownTaskException(
                $"The task '{chosen}' is asked a question and reads no media: submit a question instead of a source.");
        }

        if (kind is { } read && !entry.Task.Kinds.Contains(read))
        {
            throw new UnknownTaskException(
                $"The task '{chosen}' does not read {Name(read)} media. Tasks that do: {Names(task => task.Kinds.Contains(read))}.");
        }

        return entry.Task.Reference;
    }

    /// <summary>Whether the task of this name is asked a question instead of being given media.</summary>
    public bool TakesQuestion(string name) => _tasks.TryGetValue(name, out var entry) && entry.Task.Agent is not null;

    /// <summary>Whether <paramref name="name"/> is <c>auto</c> or names a task.</summary>
    public bool Knows(string name) => name == Auto || _tasks.ContainsKey(name);

    /// <exception cref="UnknownTaskException">No task has this name.</exception>
    internal void RequireKnown(string name)
    {
        if (name != Auto) Resolve(name);
    }

    internal AnalysisTask Get(TaskReference reference)
    {
        var current = Resolve(reference.Name);
        return current == reference
            ? _tasks[reference.Name].Task
            : throw new UnknownTaskException(
                $"The job was planned with version {reference.Version} of the task '{reference.Name}', and this worker has version "
                    + $"{current.Version}. "
                + "Retry the job to plan it with the present version.");
    }

    /// <summary>The task of a name that is asked a question.</summary>
    /// <exception cref="UnknownTaskException">There is none.</exception>
    internal AnalysisTask GetAgent(string name)
    {
        var task = name == Auto ? null : _tasks[Resolve(name).Name].Task;
        return task?.Agent is not null
            ? task
            : throw new UnknownTaskException(
                $"The task '{name}' reads media and is asked no question. Tasks of agents: {Names(each => each.Agent is not null)}.");
    }

    internal AnalysisTask Get(string name, MediaKind kind) => _tasks[Resolve(name, kind).Name].Task;

    private static string ByKind(MediaKind kind) => kind switch
    {
        MediaKind.Image => "describe",
        MediaKind.Video => "video",
        MediaKind.Audio => "audio",
        MediaKind.Pdf or MediaKind.Office or MediaKind.Text => "document",
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "An unknown kind of media."),
    };

    private static string Name(MediaKind kind) => kind.ToString().ToLowerInvariant();

    private static IEnumerable<(string File, byte[] Content)> BuiltIn()
    {
        const string prefix = "BuiltIn/";
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var name in assembly.GetManifestResourceNames().Where(name => name.StartsWith(prefix, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(name)!;
            var content = new byte[stream.Length];
            stream.ReadExactly(content);
            yield return (name[prefix.Length..], content);
        }
    }

    private static IEnumerable<(string File, byte[] Content)> FromFolder(string? folder)
    {
        if (string.IsNullOrWhiteSpace(folder)) return [];
        if (!Directory.Exists(folder))
        {
            throw new InvalidTaskException(
                $"{TasksOptions.Section}:{nameof(TasksOptions.Folder)} names the folder '{folder}', which does not exist: create it, or "
                    + $"remove the setting.");
        }

        return Directory.EnumerateFiles(folder, "*.json").Order(StringComparer.Ordinal).Select(file => (file, File.ReadAllBytes(file)));
    }

    private string Names(Func<AnalysisTask, bool> which)
    {
        var names = _tasks.Values.Where(entry => which(entry.Task)).Select(entry => $"'{entry.Task.Reference.Name}'").ToList();
        return names.Count == 0 ? "none" : string.Join(", ", names);
    }

    private sealed record Entry(AnalysisTask Task, string File, bool BuiltIn);
}
