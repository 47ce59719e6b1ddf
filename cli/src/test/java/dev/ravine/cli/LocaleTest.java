package dev.ravine.cli;

import static com.tngtech.archunit.core.domain.JavaCall.Predicates.target;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.core.domain.properties.HasOwner.Predicates.With.owner;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.OutputStreamWriter;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.text.Collator;
import java.text.DateFormat;
import java.text.DecimalFormat;
import java.text.DecimalFormatSymbols;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.text.SimpleDateFormat;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Formatter;
import java.util.List;
import java.util.Locale;
import java.util.Scanner;
import java.util.TimeZone;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Text does not depend on the user's language, numerals, time zone or encoding: each call states its own. */
class LocaleTest {
    private static final JavaClasses RAVINE = new ClassFileImporter().importPackages("dev.ravine");

    /** Classes with methods that take a locale or a zone, and the same methods without. */
    static List<Class<?>> formatters() {
        return List.of(
                String.class,
                Formatter.class,
                PrintStream.class,
                PrintWriter.class,
                Scanner.class,
                Collator.class,
                NumberFormat.class,
                DecimalFormat.class,
                DecimalFormatSymbols.class,
                MessageFormat.class,
                DateFormat.class,
                SimpleDateFormat.class,
                DateTimeFormatter.class);
    }

    @ParameterizedTest
    @MethodSource("formatters")
    void everyFormatStatesItsLocale(Class<?> type) {
        noClasses()
                .should()
                .callCodeUnitWhere(target(owner(new Named(type)))
                        .and(target(nameMatching(
                                "format|formatted|printf|toLowerCase|toUpperCase|<init>|get[A-Za-z]*Instance"
                                        + "|ofPattern|ofLocalized.*")))
                        .and(new WithoutLocale()))
                .because("numbers are written in the numerals of the user's language otherwise")
                .check(RAVINE);
    }

    @Test
    void nothingAsksForTheUsersOwn() {
        // A test may look at the default in order to change it.
        noClasses()
                .that()
                .haveSimpleNameNotEndingWith("Test")
                .should()
                .callMethodWhere(target(owner(new Named(Locale.class))).and(target(nameMatching("getDefault"))))
                .orShould()
                .callMethodWhere(target(owner(new Named(ZoneId.class))).and(target(nameMatching("systemDefault"))))
                .orShould()
                .callMethodWhere(target(owner(new Named(TimeZone.class))).and(target(nameMatching("getDefault"))))
                .orShould()
                .callConstructor(InputStreamReader.class, InputStream.class)
                .orShould()
                .callConstructor(OutputStreamWriter.class, OutputStream.class)
                .orShould()
                .callMethod(String.class, "getBytes")
                .because("results are the same in every country")
                .check(RAVINE);
    }

    private static final class Named extends DescribedPredicate<JavaClass> {
        private final String name;

        Named(Class<?> type) {
            super("%s", type.getSimpleName());
            this.name = type.getName();
        }

        @Override
        public boolean test(JavaClass type) {
            return type.getName().equals(name);
        }
    }

    /** A pattern, or nothing, and no locale. */
    private static final class WithoutLocale extends DescribedPredicate<JavaCall<?>> {
        WithoutLocale() {
            super("without a locale");
        }

        @Override
        public boolean test(JavaCall<?> call) {
            List<String> types = call.getTarget().getRawParameterTypes().stream()
                    .map(JavaClass::getName)
                    .toList();
            String name = call.getTarget().getName();
            boolean isFormat = !name.equals("<init>") || formatsAtOnce(call);
            return isFormat
                    && !types.contains(Locale.class.getName())
                    && !types.contains(DecimalFormatSymbols.class.getName())
                    && !(call.getTargetOwner().getName().equals(DecimalFormat.class.getName()) && name.equals("format"))
                    && !(call.getTargetOwner().getName().equals(DateTimeFormatter.class.getName())
                            && name.equals("format"));
        }

        /** Whether a constructor chooses a locale. A string or a stream does not. */
        private static boolean formatsAtOnce(JavaCall<?> call) {
            String owner = call.getTargetOwner().getName();
            return !owner.equals(String.class.getName())
                    && !owner.equals(PrintStream.class.getName())
                    && !owner.equals(PrintWriter.class.getName());
        }
    }
}
