using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Qwen35Batch.Schemas.Vocabularies;

namespace Qwen35Batch.Pipeline.Vocabularies;

/// <summary>
/// The lists of names of the settings. They are read when the host starts, and again when their files change: what is being answered then
/// goes on with the old list, and a list that cannot be used any more is logged and the old one kept.
/// </summary>
public sealed partial class VocabularyCatalog : IVocabularies
{
    // Files are not looked at for each answer.
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(2);

    private readonly Lazy<IReadOnlyDictionary<string, Listed>> _lists;
    private readonly TimeProvider _time;
    private readonly IVocabularyDatabases? _databases;
    private readonly ILogger<VocabularyCatalog> _logger;

    /// <summary>Creates the catalog; nothing is read yet.</summary>
    /// <param name="options">The lists.</param>
    /// <param name="time">Tells when to look for changes.</param>
    /// <param name="logger">Told of changes.</param>
    /// <param name="databases">Where lists that are queries are asked; null where there are none.</param>
    public VocabularyCatalog(
        IOptions<VocabulariesOptions> options, TimeProvider time, ILogger<VocabularyCatalog> logger, IVocabularyDatabases? databases = null)
    {
        ArgumentNullException.ThrowIfNull(options);
        (_time, _logger, _databases) = (time, logger, databases);
        _lists = new(() => options.Value.Vocabularies.ToDictionary(
            list => list.Key, list => new Listed(this, list.Key, list.Value, options.Value.BaseFolder), StringComparer.Ordinal));
    }

    /// <inheritdoc/>
    /// <exception cref="VocabularyException">A list cannot be used.</exception>
    public IReadOnlyCollection<string> Names => [.. _lists.Value.Keys];

    /// <inheritdoc/>
    /// <exception cref="VocabularyException">A list cannot be used.</exception>
    public Vocabulary? Find(string name) => _lists.Value.TryGetValue(name, out var list) ? list.Current() : null;

    /// <summary>Ends when the lists that are being read again are there.</summary>
    internal Task WhenRead() => Task.WhenAll(_lists.Value.Values.Select(list => list.Reading));

    [LoggerMessage(
        Level = LogLevel.Information,
        Message = "The list of names '{Name}' changed and was read again: {Count} names, {Hash}.")]
    private static partial void LogRead(ILogger logger, string name, int count, string hash);

    [LoggerMessage(Level = LogLevel.Warning, Message = "{Problem} The list as it was is used until that is put right.")]
    private static partial void LogBroken(ILogger logger, string problem);

    private sealed class Listed
    {
        private readonly VocabularyCatalog _catalog;
        private readonly VocabularyOptions _options;
        private readonly string _name;
        private readonly string? _path;
        private readonly TimeSpan _between;
        private readonly Lock _looking = new();
        private volatile Vocabulary _current;
        private (DateTime Written, long Length) _state;
        private long _looked;

        public Listed(VocabularyCatalog catalog, string name, VocabularyOptions options, string? folder)
        {
            (_catalog, _name, _options) = (catalog, name, options);
            var isFile = !string.IsNullOrWhiteSpace(options.File);
            if (isFile != string.IsNullOrWhiteSpace(options.Sql) || options.Every < TimeSpan.FromSeconds(1))
            {
                throw new VocabularyException(
                    $"The list of names Tasks:Vocabularies:{name} cannot be used: give it either a File or a query in Sql, and at least a "
                        + $"second in Every.");
            }

            _path = isFile ? Path.GetFullPath(options.File!, Path.GetFullPath(folder ?? ".")) : null;
            _between = _path is null ? options.Every : Between;
            _state = Look();
            _looked = catalog._time.GetTimestamp();
            _current = Read();
        }

        public Task Reading { get; private set; } = Task.CompletedTask;

        public Vocabulary Current()
        {
            lock (_looking)
            {
                if (_catalog._time.GetElapsedTime(_looked) < _between || !Reading.IsCompleted) return _current;
                _looked = _catalog._time.GetTimestamp();
                var state = Look();
                if (_path is not null && state == _state) return _current;
                _state = state;
                Reading = Task.Run(ReadAgain);
            }

            return _current;
        }

        private (DateTime, long) Look() =>
            _path is not null && new FileInfo(_path) is { Exists: true } file ? (file.LastWriteTimeUtc, file.Length) : default;

        private Vocabulary Read() => _path is null
            ? VocabularyQuery.Read(_name, _options, _catalog._databases)
            : VocabularyFile.Read(_name, _path, _options);

        private void ReadAgain()
        {
            try
            {
                var read = Read();

                // What was made of the list stays where nothing changed.
                if (read.Hash == _current.Hash) return;
                _current = read;
                LogRead(_catalog._logger, _name, _current.Count, _current.Hash);
            }
            catch (VocabularyException problem)
            {
                LogBroken(_catalog._logger, problem.Message);
            }
        }
    }
}
