using System.Collections;
using System.Collections.Concurrent;
using System.Reflection;

namespace Migrations.PowerShell;

/// <summary>
/// Makes arrays of the lists that results hold. PowerShell finds no indexer on the lists that the compiler makes up for
/// <c>IReadOnlyList</c>, so that <c>$result.Columns[1]</c> would be nothing.
/// </summary>
internal static class IndexedLists
{
    private static readonly ConcurrentDictionary<Type, PropertyInfo[]> Properties = new();

    /// <summary>Makes them in an object, or in each one of a list, and in what these hold.</summary>
    public static void Make(object? result)
    {
        if (result is null or string)
            return;
        if (result is IEnumerable items)
        {
            foreach (var item in items)
                Make(item);
            return;
        }

        foreach (var property in Properties.GetOrAdd(result.GetType(), Find))
        {
            var value = property.GetValue(result);
            Make(value);
            if (value is IList list and not Array && IsMadeUp(list.GetType()))
                property.SetValue(result, ArrayOf(list, property.PropertyType.GetGenericArguments()[0]));
        }
    }

    // Of the engine's own types alone: what a database or PowerShell has made is not gone through.
    private static PropertyInfo[] Find(Type type) =>
        IsOwn(type)
            ? [.. type.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && Holds(p.PropertyType))]
            : [];

    private static bool Holds(Type type) =>
        IsOwn(type) || (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IReadOnlyList<>));

    private static bool IsOwn(Type type) =>
        type is { IsClass: true, IsGenericType: false } && type.Namespace?.Split('.')[0] is "Migrations";

    private static bool IsMadeUp(Type type) => type.Name.StartsWith('<');

    private static Array ArrayOf(IList list, Type element)
    {
        var array = Array.CreateInstance(element, list.Count);
        list.CopyTo(array, 0);
        return array;
    }
}
