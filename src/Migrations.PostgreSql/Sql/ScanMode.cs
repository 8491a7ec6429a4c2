namespace Migrations.PostgreSql;

/// <summary>What the lexer is looking at.</summary>
internal enum ScanMode
{
    /// <summary>SQL.</summary>
    Sql,

    /// <summary>The rest of the line on which a <c>COPY ... FROM STDIN;</c> stands.</summary>
    CopyTail,

    /// <summary>The data lines of a COPY, up to <c>\.</c>.</summary>
    CopyData,
}
