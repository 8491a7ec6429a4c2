using Migrations.Schema;

namespace Migrations.Databases;

/// <summary>Writes the SQL that makes one schema of another. Looks at no database.</summary>
public interface IChangeWriter
{
    /// <summary>Writes the statements, in an order that runs. What is the same in both is not touched.</summary>
    /// <param name="from">The schema that is there.</param>
    /// <param name="to">The schema that is wanted.</param>
    /// <param name="converts">Whether values may be converted that the engine does not convert by itself: where they come back.</param>
    ChangeScript Write(SchemaSnapshot from, SchemaSnapshot to, bool converts);

    /// <summary>A query for the keys of a table's rows, each value written as a literal.</summary>
    /// <param name="table">The table, as <see cref="SchemaObject.Name"/> writes it.</param>
    /// <param name="columns">The key's columns, likewise.</param>
    string KeyQuery(string table, IReadOnlyList<string> columns);

    /// <summary>How the rows of a schema's tables are read, and put into tables of the same names.</summary>
    /// <param name="schema">The schema.</param>
    SeedStatements Rows(SchemaSnapshot schema);
}

/// <summary>What can write changes of a schema: each engine.</summary>
public interface IChangeSource
{
    /// <summary>How changes of a schema are written.</summary>
    IChangeWriter Changes { get; }
}
