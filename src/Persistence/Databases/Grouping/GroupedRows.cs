using Microsoft.EntityFrameworkCore;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases.Grouping;

/// <summary>
/// What a transaction adds and changes of the tables that jobs pass through, on PostgreSQL: saved with one statement for all rows of a
/// table that come, or change in the same columns. EF Core would send one for each row, and to have it track them costs more than all the
/// rest. Other tables are left to it.
/// </summary>
internal sealed class GroupedRows(LedgerDbContext db)
{
    private readonly ChangedRows<JobRow> _jobs = new(db, row => row.Id);
    private readonly ChangedRows<SegmentRow> _segments = new(db, row => row.Id);
    private readonly List<InsightRow> _insights = [];
    private readonly List<OutboxRow> _events = [];

    /// <summary>Segments that were read to be changed, or added.</summary>
    public IEnumerable<SegmentRow> Segments => _segments.Known;

    public void Add(JobRow row) => _jobs.Add(row);

    public void Add(SegmentRow row) => _segments.Add(row);

    /// <summary>Adds an insight with all that belongs to it.</summary>
    public void Add(InsightRow row) => _insights.Add(row);

    public void Add(OutboxRow row) => _events.Add(row);

    /// <summary>Rows that the caller is about to change, each row once in a transaction.</summary>
    public async Task<List<T>> ReadAsync<T>(IQueryable<T> rows, CancellationToken cancellationToken)
        where T : ClaimableRow
    {
        var read = await rows.AsNoTracking().ToListAsync(cancellationToken);
        return typeof(T) == typeof(JobRow)
            ? read.ConvertAll(row => (T)(object)_jobs.Keep((JobRow)(object)row))
            : read.ConvertAll(row => (T)(object)_segments.Keep((SegmentRow)(object)row));
    }

    /// <summary>Saves what was added and changed since the last time; a row comes after those that it refers to.</summary>
    public async Task SaveAsync(CancellationToken cancellationToken)
    {
        await _jobs.SaveAsync(cancellationToken);
        await _segments.SaveAsync(cancellationToken);
        if (_insights.Count > 0)
        {
            await Table<InsightRow>().InsertAsync(db, _insights, cancellationToken);
            foreach (var insight in _insights)
            {
                insight.Usage.InsightId = insight.Id;
                if (insight.Terms is { } terms) terms.InsightId = insight.Id;
                foreach (var citation in insight.Citations) citation.InsightId = insight.Id;
            }

            await InsertAsync(_insights.ConvertAll(insight => insight.Usage));
            await InsertAsync(_insights.Select(insight => insight.Terms).OfType<TermsRow>().ToList());
            await InsertAsync(_insights.SelectMany(insight => insight.Citations).ToList());
            _insights.Clear();
        }

        await InsertAsync(_events);
        _events.Clear();

        Task InsertAsync<T>(List<T> rows)
            where T : class => Table<T>().InsertAsync(db, rows, cancellationToken);
    }

    private GroupedTable<T> Table<T>()
        where T : class => GroupedTable<T>.Of(db.Model);

    /// <summary>Rows of a table, each as it is and as it was.</summary>
    private sealed class ChangedRows<T>(LedgerDbContext db, Func<T, long> key)
        where T : ClaimableRow
    {
        private readonly Dictionary<long, (T Row, T Before)> _known = [];
        private readonly List<T> _added = [];

        public IEnumerable<T> Known => _known.Values.Select(known => known.Row).Concat(_added);

        public void Add(T row) => _added.Add(row);

        public T Keep(T row)
        {
            if (_known.TryGetValue(key(row), out var known)) return known.Row;
            _known.Add(key(row), (row, (T)row.Copy()));
            return row;
        }

        public async Task SaveAsync(CancellationToken cancellationToken)
        {
            if (_known.Count + _added.Count == 0) return;
            var table = GroupedTable<T>.Of(db.Model);
            await table.InsertAsync(db, _added, cancellationToken);
            var changed = new Dictionary<ulong, List<T>>();
            foreach (var (row, before) in _known.Values)
            {
                if (table.Changes(row, before) is not (not 0 and var columns)) continue;
                if (!changed.TryGetValue(columns, out var alike)) changed.Add(columns, alike = []);
                alike.Add(row);
            }

            foreach (var (columns, alike) in changed)
            {
                await table.UpdateAsync(db, columns, alike, cancellationToken);
                foreach (var row in alike) _known[key(row)] = (row, (T)row.Copy());
            }

            foreach (var row in _added) Keep(row);
            _added.Clear();
        }
    }
}
