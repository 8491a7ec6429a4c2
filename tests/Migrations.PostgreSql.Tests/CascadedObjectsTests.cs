using Npgsql;
using Xunit;

namespace Migrations.PostgreSql.Tests;

/// <summary>What the server says that CASCADE takes.</summary>
public sealed class CascadedObjectsTests
{
    [Theory]
    [InlineData("drop cascades to view v", null, "view v")]
    [InlineData(
        "drop cascades to 2 other objects",
        "drop cascades to view public.v\ndrop cascades to constraint k_a_fkey on table public.k",
        "view public.v|constraint k_a_fkey on table public.k"
    )]
    [InlineData("Löschvorgang löscht ebenfalls Sicht v", null, "object \"Löschvorgang löscht ebenfalls Sicht v\"")]
    [InlineData(
        "Löschvorgang löscht ebenfalls 2 andere Objekte",
        "Löschvorgang löscht ebenfalls Sicht v\nLöschvorgang löscht ebenfalls Sicht w",
        "object \"Löschvorgang löscht ebenfalls Sicht v\"|object \"Löschvorgang löscht ebenfalls Sicht w\""
    )]
    public void They_are_read_in_English_and_quoted_in_another_language(string message, string? detail, string expected)
    {
        var objects = new CascadedObjects();

        objects.Observe(new PostgresNotice(message, "NOTICE", "NOTICE", "00000", detail, routine: "reportDependentObjects"));

        Assert.Equal(expected, string.Join('|', objects.Take()));
        Assert.Empty(objects.Take());
    }
}
