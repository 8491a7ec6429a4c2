namespace Migrations.Databases;

/// <summary>Takes the rows that the statements of a script give, as they come.</summary>
public interface IRowSink
{
    /// <summary>The script begins, or begins again after a wait for a lock: what was taken is void.</summary>
    void Restart();

    /// <summary>A statement gives rows, perhaps none.</summary>
    /// <param name="columns">Their columns.</param>
    void Begin(IReadOnlyList<RowColumn> columns);

    /// <summary>A row.</summary>
    /// <param name="values">
    /// Its values: null, <see cref="bool"/>, <see cref="short"/>, <see cref="int"/>, <see cref="long"/>, <see cref="float"/>,
    /// <see cref="double"/>, <see cref="decimal"/>, <see cref="string"/>, <see cref="Guid"/>, <see cref="DateTime"/>,
    /// <see cref="DateTimeOffset"/>, <see cref="TimeSpan"/> or an array of bytes. What none of them holds is the database's own text.
    /// </param>
    void Add(IReadOnlyList<object?> values);
}
