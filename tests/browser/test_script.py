"""What the script adds to a form: characters are counted, and the examiner's report (test_application.py) comes while one types."""
from selenium.webdriver.common.by import By

import browser


def text_behind(driver, name):
    """What stands behind a field."""
    return driver.execute_script('return document.getElementById(arguments[0]).nextElementSibling?.textContent ?? ""', name)


def type_into(driver, name, text):
    field = driver.find_element(By.ID, name)
    field.clear()
    field.send_keys(text)


def test_characters_are_counted_and_never_cut(site, driver):
    driver.get(site.base + '/apply/user')
    field = driver.find_element(By.CSS_SELECTOR, '[data-size]')
    name, size = field.get_attribute('id'), int(field.get_attribute('data-size'))
    for length, expected in ((1, f'{size - 1} characters left'), (size - 1, '1 character left'), (size, '0 characters left'),
                             (size + 2, '2 characters too many')):
        # A character of four octets is one; and as many at once as a paste brings.
        driver.execute_script('arguments[0].value = "\\u{1F6A2}" + "x".repeat(arguments[1] - 1);'
                              'arguments[0].dispatchEvent(new Event("input", {bubbles: true}))', field, length)
        browser.wait_for(driver, lambda expected=expected: text_behind(driver, name) == expected)
        assert driver.execute_script('return [...arguments[0].value].length', field) == length


def test_report_of_hostile_text_is_text(site, driver):
    driver.get(site.base + '/apply/user')
    type_into(driver, 'short', '<b id=hurt>')
    browser.wait_for(driver, lambda: '<b id=hurt>' in driver.find_element(By.ID, 'report').text)
    assert driver.find_elements(By.ID, 'hurt') == [] and browser.errors(driver) == []


def test_form_without_scripts_has_the_same_fields(site, driver, plain):
    """Nothing is there for who has scripts alone."""
    names = []
    for window in (driver, plain):
        window.get(site.base + '/apply/user')
        names.append([field.get_attribute('name') for field in window.find_elements(By.CSS_SELECTOR, 'form [name]')])
    assert names[0] == names[1] and 'short' in names[0]
