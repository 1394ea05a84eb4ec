using System.Collections.Concurrent;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.ChangeTracking;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;
using Qwen35Batch.Persistence.Model;

namespace Qwen35Batch.Persistence.Databases;

/// <summary>
/// Saves what a transaction has changed with one statement for all rows of a table, on PostgreSQL: EF Core sends one for each row, which
/// costs both sides several times as much. What is not of the tables that jobs pass through is left to EF Core.
/// </summary>
internal static class GroupedRows
{
    /// <summary>A row comes after those that it refers to.</summary>
    private static readonly Type[] InOrder =
    [
        typeof(JobRow), typeof(SegmentRow), typeof(InsightRow), typeof(UsageRow), typeof(TermsRow), typeof(CitationRow), typeof(OutboxRow)
    ];

    private static readonly ConcurrentDictionary<IEntityType, GroupedTable> Tables = new();

    /// <summary>Does what <see cref="DbContext.SaveChangesAsync(CancellationToken)"/> does.</summary>
    public static async Task SaveAsync(LedgerDbContext db, CancellationToken cancellationToken)
    {
        var changed = db.ChangeTracker.Entries()
            .Where(entry => entry.State is EntityState.Added or EntityState.Modified or EntityState.Deleted)
            .ToList();
        if (changed.Count == 0) return;
        var saved = new List<EntityEntry>(changed.Count);
        // What goes may make room for what comes: EF Core knows the order.
        if (!changed.Exists(entry => entry.State == EntityState.Deleted))
        {
            foreach (var type in InOrder)
                saved.AddRange(await SaveAsync(db, changed.FindAll(entry => entry.Metadata.ClrType == type), cancellationToken));
        }

        if (saved.Count == changed.Count)
        {
            db.ChangeTracker.AcceptAllChanges();
            return;
        }

        foreach (var entry in saved)
        {
            // Without this, what was changed would be taken back.
            if (entry.State == EntityState.Modified) entry.OriginalValues.SetValues(entry.CurrentValues);
            entry.State = EntityState.Unchanged;
        }

        await db.SaveChangesAsync(cancellationToken);
    }

    /// <returns>What was saved.</returns>
    private static async Task<List<EntityEntry>> SaveAsync(
        LedgerDbContext db, List<EntityEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0) return entries;
        var table = Tables.GetOrAdd(entries[0].Metadata, type => new(type));
        var added = entries.FindAll(entry => entry.State == EntityState.Added);
        await InsertAsync(db, table, added, cancellationToken);
        if (!table.HasOneKey) return added;
        foreach (var alike in entries.Where(entry => entry.State == EntityState.Modified).GroupBy(table.Changes).ToList())
            await UpdateAsync(db, table, alike.Key, [.. alike], cancellationToken);
        return entries;
    }

    private static async Task InsertAsync(
        LedgerDbContext db, GroupedTable table, List<EntityEntry> entries, CancellationToken cancellationToken)
    {
        if (entries.Count == 0) return;
        var values = table.Inserted.Select(column => (object)column.Parameter(entries)).ToArray();
        if (table.Generated is { } key)
        {
            // Given in the order of the rows, whatever the order in which they are told.
            var ids = await db.Database.SqlQueryRaw<long>(table.Insert, values).ToListAsync(cancellationToken);
            ids.Sort();
            // Whatever refers to the row follows.
            foreach (var (entry, id) in entries.Zip(ids)) entry.Property(key).CurrentValue = id;
        }
        else
        {
            await db.Database.ExecuteSqlRawAsync(table.Insert, values, cancellationToken);
        }
    }

    private static async Task UpdateAsync(
        LedgerDbContext db, GroupedTable table, ulong changes, List<EntityEntry> entries, CancellationToken cancellationToken)
    {
        var values = table.Updated(changes).Select(column => (object)column.Parameter(entries)).ToArray();
        var updated = await db.Database.ExecuteSqlRawAsync(table.Update(changes), values, cancellationToken);
        if (updated != entries.Count)
            throw new DbUpdateConcurrencyException($"Of {entries.Count} rows of {table.Name}, {updated} were there to be changed.");
    }

    /// <summary>A table, and the statements for many of its rows.</summary>
    private sealed class GroupedTable
    {
        private readonly ConcurrentDictionary<ulong, string> _updates = new();
        private readonly GroupedColumn[] _columns;
        private readonly GroupedColumn _key;

        public GroupedTable(IEntityType type)
        {
            Name = type.GetTableName()!;
            _columns = [.. type.GetProperties().Select(property => new GroupedColumn(property))];
            var keys = type.FindPrimaryKey()!.Properties;
            _key = Array.Find(_columns, column => column.Property == keys[0])!;
            HasOneKey = keys.Count == 1;
            Generated = keys is [{ ValueGenerated: ValueGenerated.OnAdd } key] ? key : null;
            Inserted = Array.FindAll(_columns, column => column.Property != Generated);
            var names = string.Join(", ", Inserted.Select(column => column.Name));
            Insert = $"INSERT INTO {Name} ({names}) SELECT {names} "
                + $"FROM unnest({Numbers(Inserted.Length)}) WITH ORDINALITY AS v({names}, n) "
                + $"ORDER BY n{(Generated is null ? "" : $" RETURNING {_key.Name} AS \"Value\"")}";
        }

        public string Name { get; }

        public bool HasOneKey { get; }

        /// <summary>What the database numbers; null where the rows have their keys.</summary>
        public IProperty? Generated { get; }

        public GroupedColumn[] Inserted { get; }

        public string Insert { get; }

        /// <summary>A bit for each column that was changed.</summary>
        public ulong Changes(EntityEntry entry)
        {
            var changes = 0UL;
            for (var index = 0; index < _columns.Length; index++)
            {
                if (entry.Property(_columns[index].Property).IsModified) changes |= 1UL << index;
            }

            return changes;
        }

        public IEnumerable<GroupedColumn> Updated(ulong changes) =>
            _columns.Where((_, index) => (changes & (1UL << index)) != 0).Prepend(_key);

        public string Update(ulong changes) => _updates.GetOrAdd(changes, set =>
        {
            var names = Updated(set).Select(column => column.Name).ToList();
            return $"UPDATE {Name} AS t SET {string.Join(", ", names.Skip(1).Select(name => $"{name} = v.{name}"))} "
                + $"FROM unnest({Numbers(names.Count)}) AS v({string.Join(", ", names)}) WHERE t.{names[0]} = v.{names[0]}";
        });

        private static string Numbers(int count) => string.Join(", ", Enumerable.Range(0, count).Select(number => $"{{{number}}}"));
    }

    /// <summary>A column, and how its values are sent together.</summary>
    private sealed class GroupedColumn
    {
        private readonly Func<object?, object?>? _convert;
        private readonly Type _element;
        private readonly string _type;

        public GroupedColumn(IProperty property)
        {
            Property = property;
            Name = property.GetColumnName();
            var mapping = property.GetRelationalTypeMapping();
            _convert = mapping.Converter?.ConvertToProvider;
            var element = mapping.Converter?.ProviderClrType ?? property.ClrType;
            _element = element.IsValueType && Nullable.GetUnderlyingType(element) is null
                ? typeof(Nullable<>).MakeGenericType(element)
                : element;
            // Without its length: an array has none.
            _type = $"{mapping.StoreTypeNameBase}[]";
        }

        public IProperty Property { get; }

        public string Name { get; }

        public NpgsqlParameter Parameter(List<EntityEntry> entries)
        {
            var values = Array.CreateInstance(_element, entries.Count);
            for (var index = 0; index < entries.Count; index++)
            {
                var value = entries[index].Property(Property).CurrentValue;
                values.SetValue(value is null || _convert is null ? value : _convert(value), index);
            }

            return new() { Value = values, DataTypeName = _type };
        }
    }
}
