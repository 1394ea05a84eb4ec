using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;

namespace Qwen35Batch.Persistence.Databases.Grouping;

/// <summary>A table, and the statements for many of its rows.</summary>
internal sealed class GroupedTable<TRow>
    where TRow : class
{
    private static readonly ConcurrentDictionary<IModel, GroupedTable<TRow>> All = new();

    private readonly ConcurrentDictionary<ulong, string> _updates = new();
    private readonly string _name;
    private readonly GroupedColumn<TRow>[] _columns;
    private readonly GroupedColumn<TRow>[] _inserted;
    private readonly GroupedColumn<TRow> _key;
    private readonly IProperty? _generated;
    private readonly string _insert;

    private GroupedTable(IEntityType type)
    {
        _name = type.GetTableName()!;
        _columns = [.. type.GetProperties().Select(GroupedColumn<TRow>.Of)];
        var keys = type.FindPrimaryKey()!.Properties;
        _key = Array.Find(_columns, column => column.Property == keys[0])!;
        _generated = keys is [{ ValueGenerated: ValueGenerated.OnAdd } key] ? key : null;
        _inserted = Array.FindAll(_columns, column => column.Property != _generated);
        var names = string.Join(", ", _inserted.Select(column => column.Name));
        _insert = $"INSERT INTO {_name} ({names}) SELECT {names} "
            + $"FROM unnest({Numbers(_inserted.Length)}) WITH ORDINALITY AS v({names}, n) "
            + $"ORDER BY n{(_generated is null ? "" : $" RETURNING {_key.Name} AS \"Value\"")}";
    }

    public static GroupedTable<TRow> Of(IModel model) => All.GetOrAdd(model, known => new(known.FindEntityType(typeof(TRow))!));

    /// <summary>Inserts rows, which have their numbers afterwards where the database gives them.</summary>
    public async Task InsertAsync(DbContext db, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        if (rows.Count == 0) return;
        var values = Array.ConvertAll(_inserted, column => (object)column.Parameter(rows));
        if (_generated is null)
        {
            await db.Database.ExecuteSqlRawAsync(_insert, values, cancellationToken);
            return;
        }

        // Given in the order of the rows, whatever the order in which they are told.
        var ids = await db.Database.SqlQueryRaw<long>(_insert, values).ToListAsync(cancellationToken);
        ids.Sort();
        for (var index = 0; index < ids.Count; index++) _generated.PropertyInfo!.SetValue(rows[index], ids[index]);
    }

    /// <summary>A bit for each column that was changed.</summary>
    public ulong Changes(TRow row, TRow before)
    {
        var changes = 0UL;
        for (var index = 0; index < _columns.Length; index++)
        {
            if (_columns[index].Differs(row, before)) changes |= 1UL << index;
        }

        return changes;
    }

    /// <summary>Writes the same columns of rows.</summary>
    public async Task UpdateAsync(DbContext db, ulong changes, IReadOnlyList<TRow> rows, CancellationToken cancellationToken)
    {
        var values = Updated(changes).Select(column => (object)column.Parameter(rows)).ToArray();
        var updated = await db.Database.ExecuteSqlRawAsync(Update(changes), values, cancellationToken);
        if (updated != rows.Count)
            throw new DbUpdateConcurrencyException($"Of {rows.Count} rows of {_name}, {updated} were there to be changed.");
    }

    private static string Numbers(int count) => string.Join(", ", Enumerable.Range(0, count).Select(number => $"{{{number}}}"));

    private IEnumerable<GroupedColumn<TRow>> Updated(ulong changes) =>
        _columns.Where((_, index) => (changes & (1UL << index)) != 0).Prepend(_key);

    private string Update(ulong changes) => _updates.GetOrAdd(changes, set =>
    {
        var names = Updated(set).Select(column => column.Name).ToList();
        return $"UPDATE {_name} AS t SET {string.Join(", ", names.Skip(1).Select(name => $"{name} = v.{name}"))} "
            + $"FROM unnest({Numbers(names.Count)}) AS v({string.Join(", ", names)}) WHERE t.{names[0]} = v.{names[0]}";
    });
}
