using System.Linq.Expressions;
using System.Reflection;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Npgsql;

namespace Qwen35Batch.Persistence.Databases.Grouping;

/// <summary>A column, and how its values are sent together.</summary>
internal abstract class GroupedColumn<TRow>(IProperty property)
    where TRow : class
{
    public IProperty Property { get; } = property;

    public string Name { get; } = property.GetColumnName();

    /// <summary>Reads a property of rows as the database stores it.</summary>
    public static GroupedColumn<TRow> Of(IProperty property)
    {
        var mapping = property.GetRelationalTypeMapping();
        var row = Expression.Parameter(typeof(TRow));
        var value = Expression.Property(row, property.PropertyInfo!);
        var stored = mapping.Converter is { } converter ? Converted(value, converter.ConvertToProviderExpression) : value;
        // Without its length: an array has none.
        var arguments = new object[]
        {
            property,
            Expression.Lambda(value, row).Compile(),
            Expression.Lambda(stored, row).Compile(),
            $"{mapping.StoreTypeNameBase}[]",
        };
        return (GroupedColumn<TRow>)Activator.CreateInstance(
            typeof(Typed<,>).MakeGenericType(typeof(TRow), value.Type, stored.Type),
            BindingFlags.Instance | BindingFlags.Public,
            binder: null,
            arguments,
            culture: null)!;
    }

    /// <summary>Whether two rows have different values.</summary>
    public abstract bool Differs(TRow row, TRow other);

    /// <summary>The values of rows, as an array.</summary>
    public abstract NpgsqlParameter Parameter(IReadOnlyList<TRow> rows);

    /// <summary>What EF Core does with a value before it is sent: a converter knows no null.</summary>
    private static Expression Converted(Expression value, LambdaExpression convert)
    {
        var underlying = Nullable.GetUnderlyingType(value.Type);
        var given = underlying is null ? value : Expression.Property(value, nameof(Nullable<>.Value));
        var converted = Expression.Invoke(convert, given);
        if (underlying is null && value.Type.IsValueType) return converted;
        var type = converted.Type.IsValueType ? typeof(Nullable<>).MakeGenericType(converted.Type) : converted.Type;
        return Expression.Condition(
            Expression.Equal(value, Expression.Constant(null, value.Type)),
            Expression.Constant(null, type),
            Expression.Convert(converted, type));
    }

    private sealed class Typed<TValue, TStored>(
        IProperty property, Func<TRow, TValue> value, Func<TRow, TStored> stored, string type) : GroupedColumn<TRow>(property)
    {
        public override bool Differs(TRow row, TRow other) => !EqualityComparer<TValue>.Default.Equals(value(row), value(other));

        public override NpgsqlParameter Parameter(IReadOnlyList<TRow> rows)
        {
            var values = new TStored[rows.Count];
            for (var index = 0; index < values.Length; index++) values[index] = stored(rows[index]);
            return new NpgsqlParameter<TStored[]> { TypedValue = values, DataTypeName = type };
        }
    }
}
