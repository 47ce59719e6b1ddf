package dev.ravine.cli.study;

import dev.ravine.cli.report.Chart;
import dev.ravine.cli.report.Report;
import dev.ravine.cli.report.Table;
import java.util.ArrayList;
import java.util.List;

/** Looks into sections, and runs analyses on small sizes. */
final class StudyTables {
    static final Effort QUICK = new Effort(1, true);

    private StudyTables() {}

    /** Shares that an analysis told, which must grow from 0 to below 1. */
    static final class Shares implements Progress {
        final List<Double> told = new ArrayList<>();

        @Override
        public void at(double share, String part) {
            told.add(share);
        }
    }

    static Table table(Report.Section section, String name) {
        return (Table) element(section, name);
    }

    static Chart chart(Report.Section section, String name) {
        return (Chart) element(section, name);
    }

    private static Report.Element element(Report.Section section, String name) {
        return section.elements().stream()
                .filter(e -> e.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    /** The cell of the row that begins with some cells. */
    static Object cell(Table table, String column, Object... begin) {
        return table.rows().stream()
                .filter(r -> r.subList(0, begin.length).equals(List.of(begin)))
                .findFirst()
                .orElseThrow()
                .get(table.columns().indexOf(column));
    }

    static double number(Table table, String column, Object... begin) {
        return ((Number) cell(table, column, begin)).doubleValue();
    }
}
