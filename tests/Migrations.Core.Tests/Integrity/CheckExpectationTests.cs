using Migrations.Databases;
using Migrations.Integrity;
using Xunit;

namespace Migrations.Core.Tests.Integrity;

public class CheckExpectationTests
{
    [Theory]
    [InlineData("rows 0")]
    [InlineData("rows > 10")]
    [InlineData("value 1")]
    [InlineData("value >= 2.5")]
    [InlineData("value null")]
    [InlineData("values a, b")]
    [InlineData("error CHECK constraint failed")]
    [InlineData("plan USING INDEX idx_x")]
    [InlineData("plan without SCAN orders")]
    public void Every_form_is_written_as_it_is_read(string text) => Assert.Equal(text, CheckExpectationParser.Parse(text)!.ToString());

    [Theory]
    [InlineData("")]
    [InlineData("rows")]
    [InlineData("rows many")]
    [InlineData("rows -1")]
    [InlineData("value")]
    [InlineData("values")]
    [InlineData("error")]
    [InlineData("plan")]
    [InlineData("row 1")]
    public void What_is_no_form_is_none(string text) => Assert.Null(CheckExpectationParser.Parse(text));

    [Theory]
    [InlineData("rows 2", true)]
    [InlineData("rows > 2", false)]
    [InlineData("rows >= 2", true)]
    [InlineData("rows < 3", true)]
    [InlineData("rows <> 2", false)]
    [InlineData("value 10", true)]
    [InlineData("value 10.0", true)]
    [InlineData("value > 9", true)]
    [InlineData("value < 9", false)]
    [InlineData("value '10'", true)]
    [InlineData("value ten", false)]
    [InlineData("value null", false)]
    [InlineData("value <> null", true)]
    [InlineData("value > null", false)]
    [InlineData("values 10, null", true)]
    [InlineData("values 10", false)]
    [InlineData("values null, 10", false)]
    public void Rows_and_values_are_compared(string text, bool met)
    {
        var answer = new QueryAnswer
        {
            RowCount = 2,
            Columns = ["n"],
            Rows =
            [
                ["10"],
                [null],
            ],
        };

        Assert.Equal(met, CheckExpectationParser.Parse(text)!.IsMet(answer));
    }

    [Theory]
    [InlineData("value null", true)]
    [InlineData("value <> null", false)]
    [InlineData("value 0", false)]
    [InlineData("value <> 0", true)]
    [InlineData("value < 1", false)]
    public void Null_is_no_number(string text, bool met) =>
        Assert.Equal(
            met,
            CheckExpectationParser
                .Parse(text)!
                .IsMet(
                    new QueryAnswer
                    {
                        RowCount = 1,
                        Columns = ["n"],
                        Rows =
                        [
                            [null],
                        ],
                    }
                )
        );

    [Theory]
    [InlineData("value 1")]
    [InlineData("value null")]
    [InlineData("value <> 1")]
    public void No_row_has_no_value(string text) => Assert.False(CheckExpectationParser.Parse(text)!.IsMet(new QueryAnswer()));

    [Fact]
    public void An_error_is_known_by_its_words_or_its_code()
    {
        var answer = new QueryAnswer
        {
            Error = new StatementException(ErrorId.StatementFailed, "CHECK constraint failed: status", "Correct it.")
            {
                Code = "SQLITE_CONSTRAINT_CHECK",
            },
        };

        Assert.True(new ErrorExpectation("check constraint failed").IsMet(answer));
        Assert.True(new ErrorExpectation("SQLITE_CONSTRAINT_CHECK").IsMet(answer));
        Assert.False(new ErrorExpectation("SQLITE_CONSTRAINT").IsMet(answer));
        Assert.False(new ErrorExpectation("UNIQUE").IsMet(answer));
        Assert.False(new ErrorExpectation("CHECK").IsMet(new QueryAnswer()));
    }

    [Fact]
    public void A_plan_has_the_words_or_has_them_not()
    {
        var answer = new QueryAnswer { Plan = "SEARCH tasks USING INDEX idx_tasks_priority_queue (project_id=?)" };

        Assert.True(new PlanExpectation("using index IDX_TASKS", IsAbsent: false).IsMet(answer));
        Assert.False(new PlanExpectation("SEARCH", IsAbsent: true).IsMet(answer));
        Assert.True(new PlanExpectation("SCAN", IsAbsent: true).IsMet(answer));
        Assert.False(new PlanExpectation("SCAN", IsAbsent: true).IsMet(new QueryAnswer()));
    }

    [Fact]
    public void An_error_that_is_not_expected_never_passes()
    {
        var check = new DeclaredCheck
        {
            Name = "n",
            Location = new ScriptLocation("checks/n.sql", 3),
            Sql = "SELECT x",
            Expectation = new RowsExpectation(CheckOperator.Equal, 0),
        };
        var error = new StatementException(ErrorId.StatementFailed, "no such column: x", "Correct it.") { Code = "SQLITE_ERROR" };

        var result = DeclaredChecks.Judge(check, new QueryAnswer { Error = error }, unfilled: null);

        Assert.Equal(CheckStatus.Fail, result.Status);
        Assert.Contains("no such column: x [SQLITE_ERROR] at checks/n.sql:3", result.Actual, StringComparison.Ordinal);
    }

    [Fact]
    public void What_a_rollback_leaves_behind_is_a_warning()
    {
        var check = new DeclaredCheck
        {
            Name = "n",
            Location = new ScriptLocation("checks/n.sql", 3),
            Sql = "INSERT",
            Expectation = new RowsExpectation(CheckOperator.Equal, 0),
        };

        var result = DeclaredChecks.Judge(check, new QueryAnswer { Remains = ["The sequence s has moved on."] }, unfilled: null);

        Assert.Equal(CheckStatus.Warn, result.Status);
        Assert.Contains("The sequence s has moved on.", result.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rows_that_should_not_be_there_are_shown()
    {
        var answer = new QueryAnswer
        {
            RowCount = 4,
            Columns = ["table", "id"],
            Rows =
            [
                ["tasks", "7"],
                ["tasks", null],
                ["x", "9"],
                ["y", "1"],
            ],
        };

        Assert.Equal(
            "rows 4: table = tasks, id = 7; table = tasks, id = NULL; table = x, id = 9; ...",
            new RowsExpectation(CheckOperator.Equal, 0).Describe(answer)
        );
    }
}
